import { nameList } from '../../domain/canonical-name.ts';
import type { JsonObject } from '../../domain/json-object.ts';
import { asObject } from '../json-value.ts';

/** A stream's documents, with those that only carry a piece of text joined: a million of them are one. */
interface DeltaFold {
  add(document: unknown): void;
  documents(): readonly unknown[];
}

const TEXT_FIELDS = ['content', 'reasoning_content', 'reasoning'] as const;
type TextField = (typeof TEXT_FIELDS)[number];
/** Pieces joined at a time: each alone takes more memory than its letters. */
const MOST_PIECES = 4096;

interface TextDelta {
  readonly index: unknown;
  readonly field: TextField;
  readonly text: string;
}

export function createDeltaFold(): DeltaFold {
  const others: unknown[] = [];
  const texts = new Map<string, { readonly delta: TextDelta; pieces: string[] }>();

  return {
    add(document) {
      const delta = textDeltaOf(document);
      if (delta === undefined) {
        others.push(document);
        return;
      }
      const key = `${delta.field} ${delta.index}`;
      const known = texts.get(key) ?? { delta, pieces: [] };
      texts.set(key, known);
      known.pieces.push(delta.text);
      if (known.pieces.length >= MOST_PIECES) known.pieces = [known.pieces.join('')];
    },
    documents() {
      const folded = [...texts.values()].map(({ delta: { index, field }, pieces }) => ({
        choices: [{ index, delta: { [field]: pieces.join('') } }],
      }));
      return [...folded, ...others];
    },
  };
}

const CHOICE_FIELDS = new Set(['index', 'delta']);
const DELTA_FIELDS = new Set<string>(['role', ...TEXT_FIELDS]);
const DOCUMENT_FIELDS = new Set(
  nameList('choices, id, object, created, model, system_fingerprint, provider'),
);

/** The piece of text in a document that says nothing else. */
function textDeltaOf(document: unknown): TextDelta | undefined {
  const object = onlyWith(document, DOCUMENT_FIELDS);
  const choices = object?.choices;
  if (!Array.isArray(choices) || choices.length !== 1) return undefined;
  const choice = onlyWith(choices[0], CHOICE_FIELDS);
  const delta = onlyWith(choice?.delta, DELTA_FIELDS);
  if (choice === undefined || delta === undefined) return undefined;
  const said = TEXT_FIELDS.filter((field) => delta[field] !== null && delta[field] !== undefined);
  const [field] = said;
  const text = field === undefined ? undefined : delta[field];
  if (field === undefined || said.length !== 1 || typeof text !== 'string') return undefined;
  return { index: choice.index ?? 0, field, text };
}

/** The object if its other fields are empty. */
function onlyWith(value: unknown, fields: ReadonlySet<string>): JsonObject | undefined {
  const object = asObject(value);
  if (object === undefined) return undefined;
  return Object.keys(object).every((name) => fields.has(name) || object[name] === null) ? object : undefined;
}
