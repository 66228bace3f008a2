import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { geminiLine, openAiLine, promptRow } from '../../docs/pages/file-schemas.ts';
import { jsonContent } from '../../shared/domain/prompt-file/json/json-content.ts';
import { specimens } from '../support/prompt-files.ts';

const FILES = await specimens(Buffer.alloc(0));

function linesOf(name: string): string[] {
  const content = FILES.find((file) => file.name === name)?.content ?? '';
  return String(content).trim().split('\n');
}

describe('the schema of a line', () => {
  test.each([
    ['OpenAI batch', openAiLine, linesOf('openai-batch.jsonl')],
    ['Gemini batch', geminiLine, camelCased(linesOf('gemini-batch.jsonl'))],
  ])('of an %s file takes what is read, and no other', (_, schema, lines) => {
    const taken = lines.map((line) => schema.safeParse(JSON.parse(line)).success);

    expect(taken).toEqual(lines.map((line) => jsonContent(line).kind === 'row'));
    expect(new Set(taken)).toEqual(new Set([true, false]));
  });

  test('of our own takes the rows of the examples, and no row that is rejected for its shape', () => {
    const rows: unknown[] = JSON.parse(readFileSync('examples/products.json', 'utf8'));
    const wrong = [
      { prompt: { text: 'a' } },
      { prompt: ['a', 'b'] },
      { prompt: 'a', references: [1] },
      { messages: [{}] },
    ];

    expect(rows.every((row) => promptRow.safeParse(row).success)).toBe(true);
    expect(wrong.map((row) => promptRow.safeParse(row).success)).toEqual(wrong.map(() => false));
    expect(wrong.map((row) => jsonContent(JSON.stringify(row)).kind)).toEqual(wrong.map(() => 'rejected'));
  });
});

/** Schemas have one spelling of each key; files may have either. */
function camelCased(lines: readonly string[]): string[] {
  const camel = (key: string) => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return lines.map((line) => line.replace(/"([a-z_]+)":/g, (_, key: string) => `"${camel(key)}":`));
}
