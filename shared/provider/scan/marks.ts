import type { LiftedBase64 } from './base64.ts';

/** Marks replace lifted base64: `~<nonce>.<index>~`. */
export interface Marks {
  /** `~<nonce>.`; the nonce is drawn after the response arrived, so its text can't forge a mark. */
  readonly prefix: string;
  readonly lifted: readonly LiftedBase64[];
}

interface FoundMark {
  readonly to: number;
  readonly lifted: LiftedBase64;
}

const NONCE_LETTERS = 'bcdfghjkmnpqrstvwxyz23456789';
const NONCE_LENGTH = 20;
const END = '~';
/** Shorter base64 may be part of a link or prose, and is restored there. */
const LONGEST_RESTORED = 8192;

/** Draws a prefix that the texts don't contain. */
export function randomMarkPrefix(random: () => number, occurs: (nonce: string) => boolean): string {
  let nonce = '';
  do {
    nonce += Array.from({ length: NONCE_LENGTH }, () => letterAt(random())).join('');
  } while (occurs(nonce));
  return `${END}${nonce}.`;
}

export function writeMark(prefix: string, index: number): string {
  return `${prefix}${index}${END}`;
}

/** The mark at that place of a text. */
export function readMark(text: string, at: number, marks: Marks): FoundMark | undefined {
  if (!text.startsWith(marks.prefix, at)) return undefined;
  const end = text.indexOf(END, at + marks.prefix.length);
  const lifted = marks.lifted[Number(text.slice(at + marks.prefix.length, end))];
  return lifted && { to: end + 1, lifted };
}

/** Restores short base64, and leaves long one out. */
export function restoreMarks(text: string, marks: Marks): string {
  const [first = '', ...rest] = text.split(marks.prefix);
  const restored = rest.map((part) => {
    const end = part.indexOf(END);
    const lifted = marks.lifted[Number(part.slice(0, end))];
    const short = lifted !== undefined && lifted.letters <= LONGEST_RESTORED;
    return (short ? Buffer.concat([...lifted.chunks()]).toString('latin1') : '') + part.slice(end + 1);
  });
  return first + restored.join('');
}

function letterAt(random: number): string {
  return NONCE_LETTERS[Math.floor(random * NONCE_LETTERS.length)] ?? 'x';
}
