import { tryParseJson } from '../../domain/json-object.ts';
import { asObject } from '../json-value.ts';
import { createDeltaFold } from './delta-fold.ts';

interface EventStream {
  readonly documents: readonly unknown[];
  /** `[DONE]` arrived. */
  readonly done: boolean;
}

interface ServerEvent {
  readonly type: string;
  readonly data: readonly string[];
}

/** Text read at a time, in some milliseconds; then the event loop continues. */
const SLICE_LETTERS = 96 * 1024;

/**
 * Reads server-sent events with JSON (contract §2 V7); bare JSON lines count. Skips others but `error`. Takes little memory
 * and lets the event loop continue.
 */
export async function readEventStream(pieces: Iterable<string>): Promise<EventStream> {
  const fold = createDeltaFold();
  let done = false;
  const events = createEventReader((event) => {
    done ||= event.data.includes('[DONE]');
    for (const document of documentsOf(event)) fold.add(document);
  });
  let letters = 0;
  for (const segment of segmentsOf(pieces)) {
    for (const line of linesOf(segment)) events.feed(line);
    letters += segment.length;
    if (letters < SLICE_LETTERS) continue;
    letters = 0;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  events.feed('');
  return { documents: fold.documents(), done };
}

/** Texts up to and with each line feed. A piece may end anywhere. */
function* segmentsOf(pieces: Iterable<string>): Generator<string> {
  let begun: string[] = [];
  for (const piece of pieces) {
    let at = 0;
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', at)) {
      const rest = piece.slice(at, end + 1);
      yield begun.length === 0 ? rest : begun.join('') + rest;
      begun = [];
      at = end + 1;
    }
    if (at < piece.length) begun.push(piece.slice(at));
  }
  yield begun.join('');
}

/** A carriage return ends a line too, unless a line feed follows. */
function linesOf(segment: string): readonly string[] {
  const line = segment.endsWith('\n') ? segment.slice(0, -1) : segment;
  if (!line.includes('\r')) return [line];
  const lines = line.split('\r');
  return line !== segment && line.endsWith('\r') ? lines.slice(0, -1) : lines;
}

function createEventReader(onEvent: (event: ServerEvent) => void): { feed(line: string): void } {
  let type = '';
  let data: string[] = [];
  return {
    feed(line) {
      if (line === '') {
        if (data.length > 0) onEvent({ type, data });
        type = '';
        data = [];
      } else if (line.startsWith('data:')) {
        data.push(line.slice('data:'.length).trim());
      } else if (line.startsWith('event:')) {
        type = line.slice('event:'.length).trim();
      } else if (line.startsWith('{')) {
        data.push(line);
      }
    },
  };
}

/** Some servers leave out the empty line between events: then each line is a document. */
function documentsOf(event: ServerEvent): unknown[] {
  const whole = parseData(event.data.join('\n'));
  const documents = whole === undefined ? event.data.map(parseData) : [whole];
  if (event.type !== 'error') return documents.filter((each) => each !== undefined);
  return documents.map((each, index) => errorDocument(each ?? event.data[index]));
}

/** Checks the first letter, because an exception for each of millions of lines is slow. */
function parseData(data: string): unknown {
  if (!/^\s*[{["]/.test(data)) return undefined;
  const value = tryParseJson(data);
  // Some gateways encode each event twice.
  return typeof value === 'string' ? parseData(value) : value;
}

function errorDocument(value: unknown): unknown {
  return asObject(value)?.error === undefined ? { error: value } : value;
}
