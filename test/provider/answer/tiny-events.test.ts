import { expect, test } from 'vitest';
import { readEventStream } from '../../../shared/provider/answer/event-stream.ts';

test('a million tiny events are one document, and others have their turn meanwhile', async () => {
  const events = 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n'.repeat(200_000);
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 1);

  const stream = await readEventStream([`${events}data: {"usage":{"total_tokens":5}}\n\ndata: [DONE]\n\n`]);
  clearInterval(timer);

  expect(stream.documents).toHaveLength(2);
  expect(stream.documents[0]).toEqual({ choices: [{ index: 0, delta: { content: 'a'.repeat(200_000) } }] });
  expect(stream.done).toBe(true);
  expect(turns).toBeGreaterThan(10);
});

test.each(['\n', '\r\n', '\r'])('lines may end in %j', async (end) => {
  const text = ['data: {"a":1}', '', ': comment', 'event: error', 'data: no', '', 'data: [DONE]', ''].join(
    end,
  );

  expect(await readEventStream([text])).toEqual({ documents: [{ a: 1 }, { error: 'no' }], done: true });
});

test('text of two choices, and thinking, stay apart', async () => {
  const deltas = [
    { index: 0, delta: { content: 'a' } },
    { index: 1, delta: { content: 'b' } },
    { index: 0, delta: { reasoning: 'c' } },
    { index: 0, delta: { content: 'd' }, finish_reason: null },
  ];
  const text = deltas.map((choice) => `data: ${JSON.stringify({ choices: [choice] })}\n\n`).join('');

  expect((await readEventStream([text])).documents).toEqual([
    { choices: [{ index: 0, delta: { content: 'ad' } }] },
    { choices: [{ index: 1, delta: { content: 'b' } }] },
    { choices: [{ index: 0, delta: { reasoning: 'c' } }] },
  ]);
});
