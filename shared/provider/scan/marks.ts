import type { LiftedBase64 } from './base64.ts';

/** Marks stand in an answer's text where base64 was lifted out: `~<nonce>.<index>~`. */
export interface Marks {
  /** `~<nonce>.`; the nonce is drawn after the answer has arrived, so no text in it can forge a mark. */
  readonly prefix: string;
  readonly lifted: readonly LiftedBase64[];
}

interface FoundMark {
  /** The first place behind it. */
  readonly to: number;
  readonly lifted: LiftedBase64;
}

const NONCE_LETTERS = 'bcdfghjkmnpqrstvwxyz23456789';
const NONCE_LENGTH = 20;
const END = '~';
/** Base64 no longer than this may be part of a link or of prose, and is put back there. */
const LONGEST_RESTORED = 8192;

/** Draws a prefix that does not occur in the texts it will be put between. */
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

/** The mark that begins at that place of a text, if one does. */
export function readMark(text: string, at: number, marks: Marks): FoundMark | undefined {
  if (!text.startsWith(marks.prefix, at)) return undefined;
  const end = text.indexOf(END, at + marks.prefix.length);
  const lifted = marks.lifted[Number(text.slice(at + marks.prefix.length, end))];
  return lifted && { to: end + 1, lifted };
}

/** Puts short base64 back where its mark stands, and leaves long one out. */
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
