import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const CODE = globSync('{shared,functions,local,cli,dashboard,infra,library,test,bench,docs}/**/*.{ts,tsx}', {
  exclude: (name) => name.includes('node_modules'),
});
/** What Lambda, Vite, a bundler or a program that uses the library looks up by name. */
const ENTRY =
  /^library.(index|simulator)\.ts$|lambda\.ts$|vite\.config|bundling.stand-ins.(environment-credentials|no-event-streams)/;
const EXPORT = /^export (?:async )?(?:abstract )?(?:function\*?|const|let|class|interface|type) (\w+)/gm;
const IMPORT = /(?:import|export) (?:type )?(?:[\w]+, )?\{([^}]*)\} from '(\.[^']+)'/g;
const WHOLE = /(?:import \* as \w+ from |\bimport\(|(?:const|let) [^=]*= await import\()'(\.[^']+)'/g;

test('every export is imported somewhere', () => {
  const imported = new Set<string>();
  const whole = new Set<string>();
  const texts = CODE.map((path) => ({ path, text: readFileSync(path, 'utf8') }));
  for (const { path, text } of texts) {
    for (const [, names = '', from = ''] of text.matchAll(IMPORT)) {
      for (const name of names.split(',')) {
        imported.add(`${join(dirname(path), from)} ${/(?:type )?(\w+)/.exec(name.trim())?.[1]}`);
      }
    }
    for (const [, from = ''] of text.matchAll(WHOLE)) whole.add(join(dirname(path), from));
  }

  const unused = texts
    .filter(({ path }) => !ENTRY.test(path) && !whole.has(path))
    .flatMap(({ path, text }) => Array.from(text.matchAll(EXPORT), ([, name]) => `${path} ${name}`))
    .filter((each) => !imported.has(each));

  expect(unused).toEqual([]);
});

/** Each Lambda has its own of these; a user may import either `Pressrun`, from the library or from the stack's package. */
const SHARED_NAMES = ['createHandler', 'handler', 'Pressrun'];

test('an exported name has one meaning', () => {
  const paths = CODE.filter((path) => !/^(test|docs|bench)\//.test(path));
  const places = paths.flatMap((path) =>
    Array.from(readFileSync(path, 'utf8').matchAll(EXPORT), ([, name = '']) => ({ name, path })),
  );
  const meanings = Object.entries(Object.groupBy(places, ({ name }) => name));

  const ambiguous = meanings
    .filter(([name, found = []]) => found.length > 1 && !SHARED_NAMES.includes(name))
    .map(([name, found = []]) => `${name}: ${found.map(({ path }) => path).join(', ')}`);

  expect(ambiguous).toEqual([]);
});
