import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createHandler } from '../../functions/webhook/handler.ts';
import { templateOf } from './support/stack.ts';

const EVENT = {
  id: 'e1',
  source: 'pressrun',
  time: '2026-11-28T12:00:00Z',
  'detail-type': 'BatchCompleted',
  detail: { stage: 'dev', batch: 'foxes-1' },
};

async function delivering(status: number) {
  const ids: unknown[] = [];
  const server = createServer((incoming, answer) => {
    ids.push(incoming.headers['webhook-id']);
    incoming.resume();
    answer.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const warned: string[] = [];
  const handler = createHandler({
    readTarget: async () => ({ url: `http://127.0.0.1:${port}/`, secret: 'a secret', allowPrivate: true }),
    clock: { now: () => 0 },
    log: { warn: (message) => void warned.push(message) },
  });
  return { ids, warned, handler };
}

test('an event of a deployed stage is posted under its own id, so that a repeated one is known', async () => {
  const { ids, handler } = await delivering(204);

  await handler(EVENT);
  await handler(EVENT);

  expect(ids).toEqual(['e1', 'e1']);
});

test('Lambda retries a receiver that is down, and not one that refuses', async () => {
  const down = await delivering(503);
  const refusing = await delivering(410);

  await expect(down.handler(EVENT)).rejects.toThrow(
    'the webhook did not take BatchCompleted: it answered 503',
  );
  await refusing.handler(EVENT);

  expect(refusing.warned).toHaveLength(1);
});

test('a stage has the function, its rule and its right to the secret only if a webhook is configured', () => {
  const hooked = templateOf('dev', { stages: { dev: { webhook: 'https://hooks.example.com/pressrun' } } });
  const functionsOf = (template: ReturnType<typeof templateOf>) =>
    template.ofType('AWS::Lambda::Function').map(({ Properties }) => Properties.FunctionName);

  expect(functionsOf(templateOf('dev'))).not.toContain('pressrun-dev-webhook');
  expect(functionsOf(hooked)).toContain('pressrun-dev-webhook');
  const rules = hooked.ofType('AWS::Events::Rule').map(({ Properties }) => Properties.EventPattern);
  expect(rules).toContainEqual({ source: ['pressrun'], detail: { stage: ['dev'] } });
  const reading = hooked
    .ofType('AWS::IAM::Policy')
    .filter(({ Properties }) => JSON.stringify(Properties).includes(':parameter/pressrun/dev/webhook'));
  expect(reading).toHaveLength(1);
});
