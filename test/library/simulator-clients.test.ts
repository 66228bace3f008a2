import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, streamText } from 'ai';
import OpenAI from 'openai';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startSimulator } from '../../library/simulator.ts';

const MODEL = 'gemini-3.1-flash-image-preview';
const KEY = 'cdt_for_tests';
const PROMPT = 'Generate an image: a red fox';

async function simulator() {
  const started = await startSimulator({ pictures: 'plain', latency: { medianMs: 1, p95Ms: 2 }, key: KEY });
  onTestFinished(started.close);
  return started;
}

/** What answers carry their picture in: markdown with a data URL. */
const PICTURE = /data:image\/png;base64,iVBORw0KGgo/;

describe("the simulator in a program's own tests", () => {
  test('answers the openai client, whole and streamed, and lists its models', async () => {
    const { url, totals } = await simulator();
    const client = new OpenAI({ baseURL: url, apiKey: KEY });
    const messages = [{ role: 'user' as const, content: PROMPT }];

    const models = await client.models.list();
    const whole = await client.chat.completions.create({ model: MODEL, messages });
    const stream = await client.chat.completions.create({
      model: MODEL,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = '';
    let tokens = 0;
    for await (const { choices, usage } of stream) {
      text += choices[0]?.delta.content ?? '';
      tokens = usage?.total_tokens ?? tokens;
    }

    expect(models.data.map(({ id }) => id)).toContain(MODEL);
    expect(whole.choices[0]?.message.content).toMatch(PICTURE);
    expect(whole.usage?.completion_tokens).toBeGreaterThan(1_000);
    expect(text).toMatch(PICTURE);
    expect(tokens).toBeGreaterThan(1_000);
    expect(totals().calls).toBe(2);
  });

  test('answers the AI SDK, whole and streamed', async () => {
    const { url } = await simulator();
    const provider = createOpenAICompatible({
      name: 'simulator',
      baseURL: url,
      apiKey: KEY,
      includeUsage: true,
    });

    const whole = await generateText({ model: provider(MODEL), prompt: PROMPT });
    const streamed = streamText({ model: provider(MODEL), prompt: PROMPT });

    expect(whole.text).toMatch(PICTURE);
    expect(whole.usage.outputTokens).toBeGreaterThan(1_000);
    expect(await streamed.text).toMatch(PICTURE);
  });

  test('answers LangChain, whole and streamed', async () => {
    const { url } = await simulator();
    const model = new ChatOpenAI({ model: MODEL, apiKey: KEY, configuration: { baseURL: url } });

    const whole = await model.invoke(PROMPT);
    let text = '';
    for await (const chunk of await model.stream(PROMPT)) text += chunk.text;

    expect(String(whole.content)).toMatch(PICTURE);
    expect(text).toMatch(PICTURE);
  });

  test('turns a wrong key away', async () => {
    const { url, totals } = await simulator();
    const client = new OpenAI({ baseURL: url, apiKey: 'sk-wrong', maxRetries: 0 });

    await expect(client.models.list()).rejects.toMatchObject({ status: 401 });
    expect(totals().calls).toBe(0);
  });
});
