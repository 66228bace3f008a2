import type { Condition, TableKey, TableValue, TableWrite } from '../../pipeline/ports.ts';

/** A write in DynamoDB's terms, alone or in a transaction. */
export type WriteRequest =
  | { readonly kind: 'put'; readonly request: PutRequest }
  | { readonly kind: 'update'; readonly request: UpdateRequest }
  | { readonly kind: 'delete'; readonly request: KeyedRequest }
  | { readonly kind: 'check'; readonly request: CheckRequest };

interface Placeholders {
  TableName: string;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, TableValue>;
  ConditionExpression?: string;
}

type PutRequest = Placeholders & { Item: Record<string, TableValue | undefined> };
type KeyedRequest = Placeholders & { Key: { pk: string; sk: string } };
type UpdateRequest = KeyedRequest & { UpdateExpression: string };
type CheckRequest = KeyedRequest & { ConditionExpression: string };

/** Uses `#placeholders`, because many names (`name`, `state`, `items`) are reserved. */
export function writeRequest(TableName: string, write: TableWrite): WriteRequest {
  const terms = createTerms();
  switch (write.kind) {
    case 'put': {
      const request = { TableName, Item: { ...write.row }, ...optionalCondition(write, terms) };
      return { kind: 'put', request: { ...request, ...terms.used() } };
    }
    case 'update': {
      const update = { Key: bareKey(write.key), UpdateExpression: updateText(write, terms) };
      const request = { TableName, ...update, ...optionalCondition(write, terms) };
      return { kind: 'update', request: { ...request, ...terms.used() } };
    }
    case 'delete': {
      const request = { TableName, Key: bareKey(write.key), ...optionalCondition(write, terms) };
      return { kind: 'delete', request: { ...request, ...terms.used() } };
    }
    case 'check': {
      const check = { Key: bareKey(write.key), ConditionExpression: conditionText(write.onlyIf, terms) };
      return { kind: 'check', request: { TableName, ...check, ...terms.used() } };
    }
  }
}

function optionalCondition(
  write: TableWrite,
  terms: Terms,
): Pick<Placeholders, 'ConditionExpression'> | undefined {
  return write.onlyIf && { ConditionExpression: conditionText(write.onlyIf, terms) };
}

function updateText(write: TableWrite & { kind: 'update' }, terms: Terms): string {
  const set: string[] = [];
  const remove: string[] = [];
  for (const [field, value] of Object.entries(write.set ?? {})) {
    if (value === undefined) remove.push(terms.name(field));
    else set.push(`${terms.name(field)} = ${terms.value(value)}`);
  }
  const add = Object.entries(write.add ?? {}).map(
    ([field, value]) => `${terms.name(field)} ${terms.value(value)}`,
  );
  const clauses = [clause('SET', set), clause('REMOVE', remove), clause('ADD', add)].filter(Boolean);
  if (clauses.length === 0) throw new Error(`update of ${keyText(write.key)} has nothing to set or add`);
  return clauses.join(' ');
}

function clause(keyword: string, parts: readonly string[]): string {
  return parts.length === 0 ? '' : `${keyword} ${parts.join(', ')}`;
}

/** In DynamoDB, comparisons with a missing or differently typed field are false, as the port requires. */
function conditionText(condition: Condition, terms: Terms): string {
  switch (condition.kind) {
    case 'absent':
      return `attribute_not_exists(${terms.name('pk')})`;
    case 'present':
      return `attribute_exists(${terms.name('pk')})`;
    case 'equals':
      return `${terms.name(condition.field)} = ${terms.value(condition.value)}`;
    case 'atMost':
      return `${terms.name(condition.field)} <= ${terms.value(condition.value)}`;
    case 'atLeast':
      return `${terms.name(condition.field)} >= ${terms.value(condition.value)}`;
    case 'all':
      return joined(condition.of, 'AND', terms);
    case 'any':
      return joined(condition.of, 'OR', terms);
  }
}

function joined(parts: readonly Condition[], operator: 'AND' | 'OR', terms: Terms): string {
  if (parts.length === 0) throw new Error('a condition of kind all or any needs at least one part');
  return parts.map((part) => `(${conditionText(part, terms)})`).join(` ${operator} `);
}

/** Collects placeholders: DynamoDB refuses unused ones. */
interface Terms {
  name(field: string): string;
  value(value: TableValue): string;
  used(): Pick<Placeholders, 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>;
}

function createTerms(): Terms {
  const names = new Map<string, string>();
  const values: Record<string, TableValue> = {};
  return {
    name: (field) => {
      const placeholder = names.get(field) ?? `#n${names.size}`;
      names.set(field, placeholder);
      return placeholder;
    },
    value: (value) => {
      const placeholder = `:v${Object.keys(values).length}`;
      values[placeholder] = value;
      return placeholder;
    },
    used: () => ({
      ...(names.size > 0 && {
        ExpressionAttributeNames: Object.fromEntries(
          [...names].map(([field, placeholder]) => [placeholder, field]),
        ),
      }),
      ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    }),
  };
}

function bareKey(key: TableKey): { pk: string; sk: string } {
  return { pk: key.pk, sk: key.sk };
}

function keyText(key: TableKey): string {
  return `${key.pk} / ${key.sk}`;
}
