import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';

const SOURCES = globSync('{shared,functions,local,cli,dashboard,infra}/**/*.{ts,tsx}', {
  exclude: (name) => name.includes('node_modules'),
});

test("a source folder has at most 20 files, and the pipeline's own has only its ports", () => {
  const sizes = Map.groupBy(SOURCES, (path) => dirname(path));

  expect([...sizes].filter(([, files]) => files.length > 20).map(([folder]) => folder)).toEqual([]);
  expect(SOURCES.filter((path) => /^shared.pipeline.[^/\\]+$/.test(path)).length).toBeLessThanOrEqual(5);
});

test('a file of source has at most 250 lines', () => {
  const long = SOURCES.filter((path) => readFileSync(path, 'utf8').split('\n').length > 251);

  expect(long).toEqual([]);
});
