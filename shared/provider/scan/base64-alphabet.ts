export const OTHER = 0;
export const BASE64 = 1;
export const PADDING = 2;
export const SPACE = 3;
export const BACKSLASH = 4;
/** A quote or bracket, which ends base64's text. */
export const CLOSING = 5;

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_';

/** The class of each byte; both alphabets of base64 count. */
export const BYTE_CLASS: Readonly<Uint8Array> = buildClasses();

/** The class of a code; non-ASCII is `OTHER`. */
export function classOf(code: number): number {
  return BYTE_CLASS[code] ?? OTHER;
}

function buildClasses(): Uint8Array {
  const classes = new Uint8Array(256);
  const mark = (characters: string, kind: number): void => {
    for (const character of characters) classes[character.charCodeAt(0)] = kind;
  };
  mark(LETTERS, BASE64);
  mark('=', PADDING);
  mark(' \n\r\t', SPACE);
  mark('\\', BACKSLASH);
  mark('"\'`)]}<>', CLOSING);
  return classes;
}
