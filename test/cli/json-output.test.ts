import { expect, test } from 'vitest';
import { FILE_SCHEMAS } from '../../docs/pages/file-schemas.ts';
import { envOf, testProvider, testWorkplace } from './provider.ts';

test('--json output matches its schema in the package', async (context) => {
  const work = await testWorkplace(context, envOf(await testProvider(context)));
  const file = await work.write('a.csv', 'id,prompt,tags\na,a fox,team=shop\nb,an owl,\nb,twice,\n');
  const commands = [
    ['budget-list-output', ['budget', 'list']],
    ['plan-output', ['plan', file, '--budget', '500']],
    ['submit-output', ['submit', file]],
    ['run-output', ['run', file]],
    ['plan-output', ['plan', file]],
    ['status-list-output', ['status']],
    ['status-output', ['status', 'latest']],
    ['cost-output', ['cost', '--by', 'model,tag:team']],
  ] as const;
  await work.run(['budget', 'set', 'day', '5000']);

  for (const [schema, args] of commands) {
    const { stdout, stderr } = await work.run([...args, '--json']);
    const parsed = FILE_SCHEMAS[schema]?.safeParse(JSON.parse(stdout));

    expect({ args, stderr, error: parsed?.error?.issues }).toMatchObject({ args, error: undefined });
    expect(parsed?.success).toBe(true);
  }
}, 60_000);
