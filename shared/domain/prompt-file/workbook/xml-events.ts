import sax from 'sax';
import { WorkbookError } from './sheet-text.ts';

export type XmlEvent =
  | { readonly kind: 'open'; readonly name: string; readonly attributes: Readonly<Record<string, string>> }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'close'; readonly name: string };

const MOST_DEPTH = 100;

/** Streams an XML document's elements and texts, without prefixes or custom entities. Throws `WorkbookError` if it is none. */
export async function* xmlEvents(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<XmlEvent> {
  let events: XmlEvent[] = [];
  let depth = 0;
  const parser = sax.parser(true, { position: false });
  parser.onerror = (error) => {
    throw new WorkbookError(`it is damaged: ${error.message.split('\n', 1)[0]}`);
  };
  parser.onopentag = ({ name, attributes }) => {
    depth += 1;
    if (depth > MOST_DEPTH) throw new WorkbookError(`it is nested over ${MOST_DEPTH} levels deep`);
    const local = Object.entries(attributes).map(([key, value]) => [withoutPrefix(key), String(value)]);
    events.push({ kind: 'open', name: withoutPrefix(name), attributes: Object.fromEntries(local) });
  };
  parser.onclosetag = (name) => {
    depth -= 1;
    events.push({ kind: 'close', name: withoutPrefix(name) });
  };
  parser.ontext = (text) => events.push({ kind: 'text', text });
  parser.oncdata = (text) => events.push({ kind: 'text', text });

  const decoder = new TextDecoder();
  for await (const chunk of bytes) {
    parser.write(decoder.decode(chunk, { stream: true }));
    yield* events;
    events = [];
  }
  parser.write(decoder.decode()).close();
  yield* events;
}

function withoutPrefix(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
