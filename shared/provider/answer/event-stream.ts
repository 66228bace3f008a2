import { asObject, tryParseJson } from '../json-value.ts';

/** The documents of a stream of server-sent events. */
interface EventStream {
  readonly documents: readonly unknown[];
  /** `[DONE]` came. */
  readonly done: boolean;
}

interface ServerEvent {
  readonly type: string;
  readonly data: readonly string[];
}

/**
 * Reads server-sent events that carry JSON (provider-contract §2 V7). Comments and events that are no JSON are passed
 * over, except that an `error` event is always kept. A line of bare JSON counts as data.
 */
export function readEventStream(text: string): EventStream {
  const events = splitEvents(text);
  return {
    documents: events.flatMap(documentsOf),
    done: events.some((event) => event.data.includes('[DONE]')),
  };
}

function splitEvents(text: string): ServerEvent[] {
  const events: ServerEvent[] = [];
  let type = '';
  let data: string[] = [];
  for (const line of [...text.split(/\r\n|\n|\r/), '']) {
    if (line === '') {
      if (data.length > 0) events.push({ type, data });
      type = '';
      data = [];
    } else if (line.startsWith('data:')) {
      data.push(line.slice('data:'.length).trim());
    } else if (line.startsWith('event:')) {
      type = line.slice('event:'.length).trim();
    } else if (line.startsWith('{')) {
      data.push(line);
    }
  }
  return events;
}

/** Some servers leave out the empty line between events: then each line is a document of its own. */
function documentsOf(event: ServerEvent): unknown[] {
  const whole = parseData(event.data.join('\n'));
  const documents = whole === undefined ? event.data.map(parseData) : [whole];
  if (event.type !== 'error') return documents.filter((each) => each !== undefined);
  return documents.map((each, index) => errorDocument(each ?? event.data[index]));
}

/** A look at the first letter spares millions of lines that are no JSON the cost of an exception each. */
function parseData(data: string): unknown {
  if (!/^\s*[{["]/.test(data)) return undefined;
  const value = tryParseJson(data);
  // Some gateways encode each event once more.
  return typeof value === 'string' ? parseData(value) : value;
}

function errorDocument(value: unknown): unknown {
  return asObject(value)?.error === undefined ? { error: value } : value;
}
