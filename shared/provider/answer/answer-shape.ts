import { tryParseJson } from '../../domain/json-object.ts';
import { asArray, asObject } from '../json-value.ts';

/** What a response shows without knowing its provider, for setting one up. */
export interface AnswerShape {
  readonly kind: 'json' | 'events' | 'other';
  /** Places of images and links, such as `choices[0].message.images[0].image_url.url`. */
  readonly imagePlaces: readonly string[];
  /** As sent, the last one of a stream; undefined if there is none. */
  readonly usage: unknown;
}

/** Searches a whole body. Only for single responses: it parses all at once, images included. */
export function answerShape(body: string): AnswerShape {
  const whole = tryParseJson(body.trim());
  if (whole !== undefined) return shapeOf('json', [whole]);
  const events = body
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => tryParseJson(line.slice('data:'.length).trim()))
    .filter((event) => event !== undefined);
  return shapeOf(events.length > 0 ? 'events' : 'other', events);
}

function shapeOf(kind: AnswerShape['kind'], documents: readonly unknown[]): AnswerShape {
  const places = new Set<string>();
  let usage: unknown;
  for (const document of documents) {
    visit(document, '', (value, path) => {
      if (typeof value === 'string' && holdsImage(value)) places.add(path);
      if (/(^|\.)usage(Metadata)?$/.test(path) && asObject(value) !== undefined) usage = value;
    });
  }
  return { kind, imagePlaces: [...places], usage };
}

function visit(value: unknown, path: string, see: (value: unknown, path: string) => void): void {
  see(value, path);
  for (const [index, each] of asArray(value).entries()) visit(each, `${path}[${index}]`, see);
  for (const [name, each] of Object.entries(asObject(value) ?? {})) {
    visit(each, path === '' ? name : `${path}.${name}`, see);
  }
}

const SHORTEST_IMAGE = 400;

function holdsImage(text: string): boolean {
  const head = text.slice(0, 100_000);
  if (/data:image\/[\w.+-]+;base64,/.test(head) || /https:\/\/[^\s"()]+\.(png|jpe?g|webp)\b/i.test(head))
    return true;
  return text.length >= SHORTEST_IMAGE && /^(iVBORw0KGgo|\/9j\/|UklGR)/.test(text);
}
