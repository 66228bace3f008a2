import type { Condition, TableRow } from '../../shared/pipeline/ports.ts';

/** As DynamoDB decides: a missing field satisfies no comparison. */
export function conditionHolds(condition: Condition, row: TableRow | undefined): boolean {
  switch (condition.kind) {
    case 'absent':
      return row === undefined;
    case 'present':
      return row !== undefined;
    case 'equals':
      return row?.[condition.field] === condition.value;
    case 'atMost': {
      const value = row?.[condition.field];
      return typeof value === 'number' && value <= condition.value;
    }
    case 'atLeast': {
      const value = row?.[condition.field];
      return typeof value === 'number' && value >= condition.value;
    }
    case 'all':
      return condition.of.every((part) => conditionHolds(part, row));
    case 'any':
      return condition.of.some((part) => conditionHolds(part, row));
  }
}
