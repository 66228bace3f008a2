import { canonicalName } from '../../domain/canonical-name.ts';
import { asArray, asObject } from '../json-value.ts';
import type { Marks } from '../scan/marks.ts';
import { type ImageCandidate, type LinkCandidate, looksLikeImage, readContentText } from './content-text.ts';

interface Elsewhere {
  readonly images: ImageCandidate[];
  readonly links: LinkCandidate[];
}

interface Place {
  /** The nearest field's name in canonical form. */
  readonly name: string;
  readonly thought: boolean;
  readonly depth: number;
}

const DEEPEST = 12;
/** What was sent may come back: a reference image is not the result. */
const SENT =
  /^(?:inputs?|request(?:_.*)?|messages|prompt|history|references?(?:_.*)?|.*_references?|source_images?|init_images?|input_.*|mask(?:_.*)?|echo)$/;
/** Pages that a response refers to have pictures of their own. */
const REFERRED_TO = /^(?:annotations?|citations?|grounding.*|search.*|sources?|web.*|error)$/;
const SMALLER_COPY = /thumb|preview|icon|avatar|logo|partial/;
const NAMES_AN_IMAGE = /image|img|picture|photo|artifact|output|result|^(?:url|uri|src|href|file|media)$/;
const THINKING = /^(?:thoughts?|thinking|reasoning(?:_.*)?)$/;
const ONLY_A_LINK = /^\s*(https:\/\/[^\s"'<>]{1,4000})\s*$/i;

/** Images in unknown fields, since a paid image is not given up for its field's name. Bytes must begin like one; links stand alone. */
export function findElsewhere(documents: readonly unknown[], marks: Marks): Elsewhere {
  const into: Elsewhere = { images: [], links: [] };
  for (const document of documents) walk(document, { name: '', thought: false, depth: 0 }, marks, into);
  return into;
}

function walk(value: unknown, place: Place, marks: Marks, into: Elsewhere): void {
  if (typeof value === 'string') readText(value, place, marks, into);
  if (place.depth > DEEPEST) return;
  for (const each of asArray(value)) walk(each, { ...place, depth: place.depth + 1 }, marks, into);
  const object = asObject(value);
  for (const [field, inner] of Object.entries(object ?? {})) {
    const name = canonicalName(field);
    if ([SENT, REFERRED_TO, SMALLER_COPY].some((names) => names.test(name))) continue;
    const thought = place.thought || THINKING.test(name) || object?.thought === true;
    walk(inner, { name, thought, depth: place.depth + 1 }, marks, into);
  }
}

function readText(text: string, { name, thought }: Place, marks: Marks, into: Elsewhere): void {
  const link = ONLY_A_LINK.exec(text)?.[1];
  if (link !== undefined) {
    if (NAMES_AN_IMAGE.test(name)) into.links.push({ url: link, claimed: /image|img/.test(name) });
    return;
  }
  const { images } = readContentText(text, marks, thought);
  into.images.push(...images.filter(({ base64 }) => looksLikeImage(base64)));
}
