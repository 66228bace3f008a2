import { distance } from 'fastest-levenshtein';

/** Shorter words that differ by one letter are other words: `game` and `name`, `mode` and `model`. */
const LEAST_LETTERS = 6;
const LETTERS_FOR_TWO = 10;
/** Common columns that are none of ours. */
const WORDS: ReadonlySet<string> = new Set(['variant', 'preference', 'preferences', 'systems', 'promoted']);

/** A slip of the keyboard: one letter (two in long names) left out, added, changed or swapped. Short names: swapped only. */
export function isTypo(name: string, meant: string): boolean {
  if (name === meant || WORDS.has(name)) return false;
  const length = Math.min(name.length, meant.length);
  if (isSwapped(name, meant)) return length >= 4;
  if (length < LEAST_LETTERS - 1 || meant.length < LEAST_LETTERS) return false;
  return distance(name, meant) <= (length >= LETTERS_FOR_TWO ? 2 : 1);
}

function isSwapped(name: string, meant: string): boolean {
  if (name.length !== meant.length) return false;
  const at = [...name].findIndex((letter, index) => letter !== meant[index]);
  return name === `${meant.slice(0, at)}${meant[at + 1] ?? ''}${meant[at] ?? ''}${meant.slice(at + 2)}`;
}
