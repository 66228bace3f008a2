import { tryParseJson } from '../../json-object.ts';
import { isKnownColumn, normaliseColumn } from '../columns.ts';

const MOST_VARIABLES = 20;

/** Reads a batch's variables, `{"date":"2026-11-21"}`: normalised column names that have no meaning of their own. */
export function parseVariables(
  text: string | undefined,
): Readonly<Record<string, string>> | undefined | 'wrong' {
  if (text === undefined) return undefined;
  const json = tryParseJson(text);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return 'wrong';
  const entries = Object.entries(json);
  const isWrong = ([name, value]: [string, unknown]) =>
    typeof value !== 'string' || name === '' || name !== normaliseColumn(name) || isKnownColumn(name);
  return entries.length > MOST_VARIABLES || entries.some(isWrong) ? 'wrong' : Object.fromEntries(entries);
}
