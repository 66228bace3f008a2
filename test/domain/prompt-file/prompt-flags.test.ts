import { describe, expect, test } from 'vitest';
import { brief, readAll } from './read-all.ts';

const QUOTED = (prompt: string) => `prompt,name\n"${prompt.replaceAll('"', '""')}",x\n`;
async function rowOf(prompt: string) {
  const [row] = await readAll(QUOTED(prompt));
  if (row === undefined) throw new Error('no row');
  if (row.kind === 'rejected') return `${row.column}: ${row.reason}`;
  const { prompt: text, name: _, ...cells } = row.fields;
  return { text, cells, flags: row.flags };
}

describe('parameters of other tools in a prompt', () => {
  test.each<[prompt: string, text: string, cells: object]>([
    ['a cat --ar 16:9', 'a cat', { aspect_ratio: '16:9' }],
    ['a cat --aspect=16:9 at dusk', 'a cat at dusk', { aspect_ratio: '16:9' }],
    ['a cat —ar 16:9', 'a cat', { aspect_ratio: '16:9' }],
    ['a cat –AR 16:9', 'a cat', { aspect_ratio: '16:9' }],
    ['a cat --n 3', 'a cat', { variants: '3' }],
    ['a cat --repeat 3', 'a cat', { variants: '3' }],
    ['a cat --r 3', 'a cat', { variants: '3' }],
    ['a cat --w 1024 --h 1536', 'a cat', { width: '1024', height: '1536' }],
    ['a cat --size 1024x1536', 'a cat', { size: '1024x1536' }],
    ['a cat\n--ar 3:2', 'a cat', { aspect_ratio: '3:2' }],
  ])('are read as settings where they are ours: %s', async (prompt, text, cells) => {
    expect(await rowOf(prompt)).toMatchObject({ text, cells });
  });

  test.each<[prompt: string, text: string, left: readonly string[]]>([
    ['a cat --v 6.1', 'a cat', ['--v 6.1']],
    ['a cat --style raw --s 250 --tile', 'a cat', ['--style raw', '--s 250', '--tile']],
    ['a cat --no hats and scarves --seed 5', 'a cat', ['--no hats and scarves', '--seed 5']],
    [
      'a cat --sref https://x.example/a.png 1234 --sw 50',
      'a cat',
      ['--sref https://x.example/a.png 1234', '--sw 50'],
    ],
    ['a cat --w 1000', 'a cat', ['--w 1000']],
    ['a cat --raw, in oil', 'a cat --raw, in oil', []],
    ['a cat --negative_prompt blur', 'a cat', ['--negative_prompt blur']],
    ['a cat --niji', 'a cat', ['--niji']],
  ])('are left out where no model here has them, and named: %s', async (prompt, text, left) => {
    expect(await rowOf(prompt)).toMatchObject({
      text,
      cells: {},
      ...(left.length > 0 && { flags: { left } }),
    });
  });

  test.each([
    'a terminal that shows git commit --amend',
    'a sign -- with the words "A - B"',
    'a well-known fox, mid--leap',
    'npm run build --verbose, in neon',
  ])('are not seen in other words: %s', async (prompt) => {
    expect(await rowOf(prompt)).toEqual({ text: prompt, cells: {}, flags: undefined });
  });

  test('that say something else than the row reject it', async () => {
    const file = 'prompt,aspect_ratio\na cat --ar 16:9,4:3\na dog --ar 16:9,16:9\n';

    expect((await readAll(file)).map(brief)).toEqual([
      '1@2 aspect_ratio: the prompt says "--ar 16:9", and the row "4:3"',
      '2@3 {"prompt":"a dog","aspect_ratio":"16:9"}',
    ]);
  });

  test('are read in JSON and lists as in CSV', async () => {
    const found = {
      kind: 'row',
      fields: { prompt: 'a cat', aspect_ratio: '16:9' },
      flags: { left: ['--v 6'] },
    };
    const prompt = 'a cat --ar 16:9 --v 6';

    expect(await readAll(`${JSON.stringify({ prompt })}\n`, 'x.jsonl')).toMatchObject([found]);
    expect(await readAll(JSON.stringify([prompt]), 'x.json')).toMatchObject([found]);
    expect(await readAll(`${prompt}\n`, 'x.txt')).toMatchObject([found]);
  });

  test('stay in the text of a request of another API, and are named', async () => {
    const line = { body: { messages: [{ role: 'user', content: 'a cat --ar 16:9' }] } };

    expect(await readAll(`${JSON.stringify(line)}\n`, 'x.jsonl')).toMatchObject([
      { fields: { prompt: 'a cat --ar 16:9' }, flags: { sent: ['--ar 16:9'] } },
    ]);
  });
});
