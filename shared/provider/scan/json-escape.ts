/** What `feed` returns while the escape continues, and where the byte does not belong to it. */
export const ESCAPE_CONTINUES = -1;
export const NOT_AN_ESCAPE = -2;

const BACKSLASH = 0x5c;
const LOWER_U = 0x75;
const MEANINGS: ReadonlyMap<number, number> = new Map(
  [
    ['n', '\n'],
    ['r', '\r'],
    ['t', '\t'],
    ['b', '\b'],
    ['f', '\f'],
  ].map(([letter = '', meaning = '']) => [letter.charCodeAt(0), meaning.charCodeAt(0)]),
);

export interface EscapeReader {
  /** Starts at a backslash. */
  begin(): void;
  isActive(): boolean;
  /** Takes the next byte: the code of the character meant, `ESCAPE_CONTINUES`, or `NOT_AN_ESCAPE` (byte not taken). */
  feed(byte: number): number;
}

/** Reads one JSON escape, byte by byte. Several backslashes count as one: a body encoded twice says `\\/` for `/`. */
export function createEscapeReader(): EscapeReader {
  let active = false;
  let hexLeft = 0;
  let hexValue = 0;

  function endWith(result: number): number {
    active = false;
    return result;
  }

  function feedHex(byte: number): number {
    const digit = hexDigit(byte);
    if (digit === undefined) return endWith(NOT_AN_ESCAPE);
    hexValue = hexValue * 16 + digit;
    hexLeft -= 1;
    return hexLeft === 0 ? endWith(hexValue) : ESCAPE_CONTINUES;
  }

  return {
    begin() {
      active = true;
      hexLeft = 0;
      hexValue = 0;
    },
    isActive: () => active,
    feed(byte) {
      if (hexLeft > 0) return feedHex(byte);
      if (byte === BACKSLASH) return ESCAPE_CONTINUES;
      if (byte !== LOWER_U) return endWith(MEANINGS.get(byte) ?? escapedItself(byte));
      hexLeft = 4;
      return ESCAPE_CONTINUES;
    },
  };
}

/** `\/` and `\"` mean the character itself; any other letter after a backslash is no escape that base64 may hold. */
function escapedItself(byte: number): number {
  return byte === 0x2f || byte === 0x22 ? byte : 0;
}

function hexDigit(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : undefined;
}
