export const ESCAPE_CONTINUES = -1;
export const NOT_AN_ESCAPE = -2;

const BACKSLASH = 0x5c;
const LOWER_U = 0x75;
const MEANINGS: ReadonlyMap<number, number> = new Map(
  [...'nrtbf'].map((letter, at) => [letter.charCodeAt(0), '\n\r\t\b\f'.charCodeAt(at)]),
);

export interface EscapeReader {
  begin(): void;
  isActive(): boolean;
  /** Takes a byte: the code meant, `ESCAPE_CONTINUES`, or `NOT_AN_ESCAPE` if the byte isn't part of it. */
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

/** `\/` and `\"` are literal; base64 can't contain other escapes. */
function escapedItself(byte: number): number {
  return byte === 0x2f || byte === 0x22 ? byte : 0;
}

function hexDigit(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : undefined;
}
