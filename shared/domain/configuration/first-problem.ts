// Not `z.core`: naming that namespace brings all of zod into every Lambda's bundle.
import {
  $ZodArray,
  $ZodError,
  type $ZodIssue,
  $ZodObject,
  $ZodOptional,
  $ZodRecord,
  type $ZodType,
} from 'zod/v4/core';
import { nameSuggestion } from './problem.ts';

/** The first problem of a file: where it is, what is wrong, and the name that was meant. Misspelt names come before missing values. */
export function firstProblem(schema: $ZodType, issues: readonly $ZodIssue[], json: unknown): string {
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  if (issue === undefined) return 'it cannot be read';
  const at = issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') {
    const what = valueAt(json, issue.path) === undefined ? 'is missing' : sentence(issue);
    return at === '' ? `it ${what}` : `${at}: ${what}`;
  }
  const [key = ''] = issue.keys;
  return `${at === '' ? '' : `${at}: `}unknown name "${key}"${nameSuggestion(key, namesAt(schema, issue.path))}`;
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null
        ? Object.getOwnPropertyDescriptor(value, name)?.value
        : undefined,
    json,
  );
}

const KINDS: Readonly<Record<string, string>> = {
  record: 'an object',
  object: 'an object',
  array: 'a list',
  string: 'a text in quotes',
  number: 'a number, without quotes',
  int: 'a whole number, without quotes',
  boolean: 'true or false, without quotes',
};

function sentence(issue: Exclude<$ZodIssue, { code: 'unrecognized_keys' }>): string {
  // biome-ignore lint/nursery/useExhaustiveSwitchCases: the rule does not see what Exclude takes out; the compiler does.
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? `of type ${issue.expected}`}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'too_small':
      return `must be at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    case 'invalid_format':
      return `is not a valid ${issue.format === 'regex' ? 'name or text here' : issue.format}`;
    case 'not_multiple_of':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return 'is not valid';
  }
}

/** The names allowed there. */
function namesAt(schema: $ZodType, path: readonly PropertyKey[]): string[] {
  if (schema instanceof $ZodOptional) return namesAt(schema._zod.def.innerType, path);
  const [name, ...rest] = path;
  if (schema instanceof $ZodObject) {
    const { shape } = schema._zod.def;
    if (name === undefined) return Object.keys(shape);
    const inner = typeof name === 'string' ? shape[name] : undefined;
    return inner === undefined ? [] : namesAt(inner, rest);
  }
  if (schema instanceof $ZodRecord) return namesAt(schema._zod.def.valueType, rest);
  if (schema instanceof $ZodArray) return namesAt(schema._zod.def.element, rest);
  return [];
}

/** Why something could not be read, in one line, with the first wrong place of a list. */
export function reasonOf(error: unknown): string {
  const issue = error instanceof $ZodError ? error.issues[0] : undefined;
  if (issue !== undefined) {
    const [index, ...field] = issue.path;
    if (typeof index !== 'number')
      return issue.path.length > 0 ? `${issue.path.join('.')} is not valid` : 'it must be a list';
    return `entry ${index + 1}: ${field.join('.') || 'it'} is missing or not valid`;
  }
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
