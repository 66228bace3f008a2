import { BACKSLASH, BASE64, BYTE_CLASS, CLOSING, classOf, OTHER, PADDING, SPACE } from './base64-alphabet.ts';
import type { RunTracker } from './base64-run.ts';
import type { ByteStore } from './byte-store.ts';
import { createEscapeReader, ESCAPE_CONTINUES, NOT_AN_ESCAPE } from './json-escape.ts';
import { endOfLetters, type LetterDecoder } from './letter-decoder.ts';

/** Letters checked one by one; longer stretches are decoded as they arrive. */
const LETTERS_BY_ONE = 4096;

interface Decoding {
  readonly decoder: LetterDecoder;
  /** The place of its next letter. */
  next: number;
}

/** Reports each byte to the tracker and stores it; chunks may end anywhere. */
export function createTokenizer(
  tracker: RunTracker,
  store: ByteStore,
  createDecoder: (lettersBefore: number) => LetterDecoder,
): (chunk: Buffer) => void {
  const escapes = createEscapes(tracker);
  let decoding: Decoding | undefined;
  /** A run with letters of both alphabets, which can't be written again. */
  let mixedRun = -1;

  /** A decoder from that place on, if a long unbroken run leads up to it. */
  function beginDecoding(place: number): Decoding | undefined {
    const run = tracker.unbrokenRun();
    if (run === undefined || run === mixedRun || (place - run) % 4 !== 0) return undefined;
    return { decoder: createDecoder(place - run), next: place };
  }

  return (chunk) => {
    const start = store.length;
    let kept = 0;

    /** Decodes letters without keeping them; returns their end. */
    const decodeFrom = (at: number): number => {
      const place = start + at;
      const isNew = decoding?.next !== place;
      const current = isNew ? beginDecoding(place) : decoding;
      if (current === undefined) return at;
      const end = current.decoder.take(chunk, at);
      if (end === at) {
        mixedRun = tracker.unbrokenRun() ?? -1;
        return at;
      }
      if (isNew) {
        store.push(chunk.subarray(kept, at));
        store.pushDecoded(current.decoder);
      }
      kept = end;
      decoding = current;
      decoding.next = start + end;
      tracker.stretch(place, start + end, end - at, false);
      return end;
    };

    const takeLetters = (at: number): number => {
      const decoded = decoding?.next === start + at ? decodeFrom(at) : at;
      if (decoded > at) return decoded;
      const limit = at + LETTERS_BY_ONE;
      const end = endOfLetters(chunk, at, limit);
      report(tracker, BASE64, start + at, start + end, false);
      if (end < limit) return end;
      // Decoding begins with a whole group.
      const run = tracker.unbrokenRun() ?? start + end;
      const groupAt = endOfLetters(chunk, end, end + ((4 - ((start + end - run) % 4)) % 4));
      if (groupAt > end) report(tracker, BASE64, start + end, start + groupAt, false);
      return decodeFrom(groupAt);
    };

    for (let at = 0; at < chunk.length; ) {
      const byte = chunk[at] ?? 0;
      if (escapes.isOpen()) {
        at += escapes.feed(byte, start + at);
        continue;
      }
      const kind = BYTE_CLASS[byte] ?? OTHER;
      if (kind === BASE64) {
        at = takeLetters(at);
        continue;
      }
      if (kind === BACKSLASH) escapes.begin(start + at);
      else report(tracker, kind, start + at, start + at + 1, false);
      at += 1;
    }
    store.push(chunk.subarray(kept));
  };
}

function report(tracker: RunTracker, kind: number, from: number, to: number, escaped: boolean): void {
  if (kind === BASE64) tracker.stretch(from, to, escaped ? 1 : to - from, escaped);
  else if (kind === PADDING) tracker.padding(to);
  else if (kind === SPACE) tracker.space();
  else tracker.other(kind === CLOSING);
}

/** JSON escapes as the characters they mean. */
interface Escapes {
  isOpen(): boolean;
  begin(place: number): void;
  /** Returns how many bytes it took: 0 if the byte is not part of the escape. */
  feed(byte: number, place: number): number;
}

function createEscapes(tracker: RunTracker): Escapes {
  const reader = createEscapeReader();
  let from = 0;
  return {
    isOpen: reader.isActive,
    begin(place) {
      reader.begin();
      from = place;
    },
    feed(byte, place) {
      const code = reader.feed(byte);
      if (code === ESCAPE_CONTINUES) return 1;
      if (code === NOT_AN_ESCAPE) {
        tracker.other(false);
        return 0;
      }
      report(tracker, classOf(code), from, place + 1, true);
      return 1;
    },
  };
}
