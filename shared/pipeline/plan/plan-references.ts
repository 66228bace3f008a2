import { createHash } from 'node:crypto';
import type { ItemSpec } from '../../domain/item/item.ts';
import { referenceKey } from '../../domain/item/object-keys.ts';
import type { EmbeddedImage } from '../../domain/prompt-file/format.ts';
import { asBuffer } from '../../domain/prompt-file/reader/encoding.ts';
import { repeatedId, unusableReference } from '../batch/refusals.ts';
import type { ReadRow } from '../ingest/read-row.ts';
import { imageTypeOf } from '../ingest/reference-store.ts';
import type { PromptFile } from '../ingest/submit.ts';
import type { RejectedLine } from '../rows/rejected-row.ts';

/** A reference by what it is on this machine: what it is sent as, or why it cannot be. */
export type ReferenceFacts = { readonly sha256: string; readonly key: string } | { readonly problem: string };

/** The references that are files of the planner's machine, by how they are written. */
export function referencesOf({ references = [] }: PromptFile): Map<string, ReferenceFacts> {
  const facts = new Map<string, ReferenceFacts>();
  for (const each of references) {
    const { written } = each;
    if (each.kind === 'bad') facts.set(written, { problem: each.problem });
    else facts.set(written, { sha256: each.sha256, key: referenceKey(each.sha256, each.type) });
  }
  return facts;
}

/** Adds images that a record of the file holds itself. */
export function addEmbedded(
  facts: Map<string, ReferenceFacts>,
  embedded: readonly EmbeddedImage[] = [],
): void {
  for (const { written, bytes } of embedded) {
    if (facts.has(written)) continue;
    const type = imageTypeOf(asBuffer(bytes));
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    facts.set(written, typeof type === 'object' ? type : { sha256, key: referenceKey(sha256, type) });
  }
}

/** References as the items of an earlier batch have them: by the keys that they were kept under. */
export function withKeys(spec: ItemSpec, references: ReadonlyMap<string, ReferenceFacts>): ItemSpec {
  const keys = spec.references.map((written) => {
    const facts = references.get(written);
    return facts !== undefined && 'key' in facts ? facts.key : written;
  });
  return { ...spec, references: keys };
}

/** Rows that ingest will not take though they can be read: repeated ids, and references that are no images. */
export function createRefusals(references: ReadonlyMap<string, ReferenceFacts>) {
  const ids = new Set<string>();
  return (row: ReadRow): RejectedLine | undefined => {
    const [item] = row.items;
    if (item === undefined) return undefined;
    const { references: used, id } = item.spec;
    for (const written of used) {
      const facts = references.get(written);
      if (facts !== undefined && 'problem' in facts) return unusableReference(row, written, facts.problem);
    }
    if (id === undefined) return undefined;
    if (ids.has(id)) return repeatedId(row, id);
    ids.add(id);
    return undefined;
  };
}
