import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { GENERATED } from '../../docs/generate.ts';

describe('a generated file', () => {
  test.each(GENERATED)(
    '$path says what the code says (npm run docs writes it)',
    async ({ path, content }) => {
      const written = await readFile(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

      expect(written).toBe(await content());
    },
  );
});
