import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { planOutputJson } from '../../cli/json-output.ts';
import { specimens } from '../support/prompt-files.ts';
import { runResult } from './contract.ts';
import { envOf, testProvider, testWorkplace } from './provider.ts';

const workbook = readFileSync('test/fixtures/prompt-files/catalogue.xlsx');
const FILES = (await specimens(workbook)).filter(({ name }) => !name.endsWith('.gz'));

describe('a file of 240 rows', () => {
  test.for(FILES)(
    'called $name is planned and made as it says, and each row that is not says why',
    { timeout: 60_000 },
    async ({ name, content, items, rejected }, context) => {
      const simulator = await testProvider(context, { latency: { medianMs: 1, p95Ms: 2 } });
      const work = await testWorkplace(context, envOf(simulator));
      const path = await work.write(name, content);

      const planned = await work.run(['plan', path, '--json']);
      const made = await work.run(['run', path, '--json', '--out', 'out']);

      const plan = planOutputJson.parse(JSON.parse(planned.stdout));
      const reasons = plan.rejectedLines.map(({ reason }) => reason);
      expect(reasons).toEqual(rejected.map((each) => expect.stringMatching(each)));
      expect(plan.items.pending).toBe(items);
      expect(runResult(made.stdout)).toMatchObject({
        state: 'complete',
        items: { done: items, failed: 0 },
        rejected: rejected.length,
      });
      expect(simulator.totals().calls).toBe(items);
    },
  );
});

test("a file may be piped in; its format is named if it can't be detected", async (context) => {
  const simulator = await testProvider(context);
  const work = await testWorkplace(context, envOf(simulator));
  const [list] = FILES.filter(({ name }) => name === 'scenes.txt');
  const rows = String(list?.content).split('\r\n').slice(2, 5).join('\n');

  const asList = await work.run(['run', '-', '--format', 'txt', '--json'], {}, rows);
  const asTable = await work.run(['run', '-', '--json'], {}, 'prompt;id\na fox;1\n');
  const unclear = await work.run(['plan', '-'], {}, rows);
  const wrong = await work.run(['plan', '-', '--format', 'pdf'], {}, rows);

  expect(runResult(asList.stdout)).toMatchObject({ items: { done: 3 } });
  expect(runResult(asTable.stdout)).toMatchObject({ items: { done: 1 } });
  expect(unclear).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^pressrun: stdin: .*--format txt/),
  });
  expect(wrong).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--format: expected csv, tsv, jsonl, json, txt, xlsx, got "pdf"'),
  });
}, 30_000);
