import { type CostDimension, type Costed, groupOf, isOfCharges, parseDimension } from './cost-report.ts';

/** One condition on costs: a dimension is, or is not, a value; what has none is under the empty one. */
export interface CostFilter {
  readonly dimension: CostDimension;
  readonly isNot: boolean;
  readonly value: string;
}

const CONDITION = /^\s*(?<dimension>tag:[^=!]+|[a-z]+)\s*(?<how>!?=)(?<value>.*)$/s;

/** Reads `model=…,tag:campaign=spring,outcome!=image`; a comma belongs to a value unless a dimension follows. */
export function parseCostFilters(text: string): readonly CostFilter[] | { readonly problem: string } {
  const parts = text.split(/,(?=\s*(?:tag:[^=!,]+|[a-z]+)\s*!?=)/);
  const filters = parts.map(parseFilter);
  const wrong = filters.indexOf(undefined);
  if (wrong >= 0) return { problem: `"${parts[wrong]?.trim()}" is no condition` };
  return filters.filter((filter) => filter !== undefined);
}

function parseFilter(text: string): CostFilter | undefined {
  const { dimension: name = '', how, value = '' } = CONDITION.exec(text)?.groups ?? {};
  const dimension = parseDimension(name.trim());
  return dimension && { dimension, isNot: how === '!=', value: value.trim() };
}

/** Whether only charges know what the conditions ask. */
export function needsCharges(filters: readonly CostFilter[]): boolean {
  return filters.some(({ dimension }) => isOfCharges(dimension));
}

/** Whether a cost meets the conditions: any of those that say `=` of one dimension, and all that say `!=`. */
export function costMatcher(filters: readonly CostFilter[]): (cost: Costed) => boolean {
  const excluded = filters.filter(({ isNot }) => isNot);
  const wanted = [
    ...Map.groupBy(
      filters.filter(({ isNot }) => !isNot),
      ({ dimension }) => dimension,
    ),
  ];
  return (cost) =>
    excluded.every(({ dimension, value }) => groupOf(dimension, cost) !== value) &&
    wanted.every(([dimension, any]) => any.some(({ value }) => groupOf(dimension, cost) === value));
}
