import { meaningOf } from '../column-meaning.ts';
import { type RecordContent, rejected } from '../format.ts';

/** Parameters of other tools behind a prompt: `--ar 16:9`, `--v 6`, `-s100`. */
const FLAGS = /(?:^|\s)(?:--[a-z][a-z_-]*(?:[ =]+(?!-)[^\s-][^\s]*)?|-[A-Za-z]\d[\d.]*)(?=\s|$)/gi;

/** A line's prompt, and what Midjourney's and Stable Diffusion's parameters in it mean as cells; those that mean nothing here reject it. */
export function withoutFlags(line: string): RecordContent {
  const fields = new Map<string, string>();
  for (const [found] of line.matchAll(FLAGS)) {
    const [, name = '', value = ''] = /^\s*--([a-z_-]+)[ =]*(.*)$/i.exec(found) ?? [];
    const meaning = name === '' ? undefined : meaningOf(name);
    if (meaning?.kind !== 'ours' || value === '' || meaning.column === 'prompt') {
      return rejected(
        `"${found.trim()}" is a parameter of another tool, and would be sent as words: take it out`,
        'prompt',
      );
    }
    fields.set(meaning.column, value);
  }
  const prompt = line.replace(FLAGS, ' ').replace(/\s+/g, ' ').trim();
  return { kind: 'row', fields: { prompt, ...Object.fromEntries(fields) } };
}
