import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { USAGE_SHAPES } from '../../local/simulator/answers/usage.ts';
import { VARIANTS, VARIANTS_BY_LINK, type VariantName } from '../../local/simulator/answers/variants.ts';
import type { Outcome } from '../../local/simulator/decide.ts';
import { type Simulator, startSimulator } from '../../local/simulator/server.ts';
import { ask, FLASH, isEvents, PRO, picturesIn } from './asking.ts';

let simulator: Simulator;
let outcome: Outcome = { kind: 'image', variant: 'V1' };
const BRINGING = VARIANTS.filter((variant) => !VARIANTS_BY_LINK.has(variant));

beforeAll(async () => {
  simulator = await startSimulator({
    latency: 'none',
    pictures: 'plain',
    linkBase: 'https://pictures.example',
    script: () => outcome,
  });
});
afterAll(() => simulator.close());

describe('an answer', () => {
  it.each(BRINGING)('brings a whole picture of the asked pixels as %s', async (variant) => {
    outcome = { kind: 'image', variant };

    const reply = await ask(simulator, `A fox, as ${variant}. The image has an aspect ratio of 16:9.`);

    const pictures = picturesIn(reply);
    expect(pictures).toHaveLength(1);
    const { format, width, height } = await sharp(pictures[0], { failOn: 'warning' }).metadata();
    expect({ format, width, height }).toEqual({ format: 'png', width: 1376, height: 768 });
  });

  it.each([...VARIANTS_BY_LINK])('links to a picture that can be fetched as %s', async (variant) => {
    outcome = { kind: 'image', variant };

    const reply = await ask(simulator, `A linked fox, as ${variant}`);

    const path = /https:\/\/pictures\.example(\/pictures\/[\w.-]+)/.exec(reply.text)?.[1];
    const response = await fetch(`${simulator.origin}${path}`);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect((await sharp(await response.arrayBuffer()).metadata()).width).toBe(1024);
  });

  it('never brings the same bytes twice, not even for the same prompt', async () => {
    outcome = { kind: 'image', variant: 'V1' };

    const replies = await Promise.all(['one', 'one', 'two'].map((prompt) => ask(simulator, prompt)));

    const pictures = replies.flatMap(picturesIn).map((picture) => picture.toString('base64'));
    expect(new Set(pictures).size).toBe(3);
  });

  it('comes as events if the request asks for a stream', async () => {
    const streaming = await startSimulator({ latency: 'none', pictures: 'plain' });

    const reply = await ask(streaming, 'A streamed fox', { stream: true });

    await streaming.close();
    expect(isEvents(reply)).toBe(true);
    expect(picturesIn(reply)).toHaveLength(1);
  });
});

describe('the bill', () => {
  it.each([
    [FLASH, '1K', 1120, 500, 3_000, 60_000],
    [FLASH, '512 pixels', 747, 500, 3_000, 60_000],
    [FLASH, '2K', 1680, 500, 3_000, 60_000],
    [PRO, '1K', 1120, 4_000, 24_000, 240_000],
  ])(
    'charges %s at %s for %i image tokens',
    async (model, size, imageTokens, inputMicro, textMicro, imageMicro) => {
      outcome = { kind: 'image', variant: 'V2' };

      await ask(simulator, `Priced. The image has a resolution of ${size}.`, { model });

      const entry = simulator.bill().at(-1);
      expect(entry?.tokens.image).toBe(imageTokens);
      const { input = 0, text = 0, reasoning = 0 } = entry?.tokens ?? {};
      expect(entry?.creditsMicro).toBe(
        input * inputMicro + (text + reasoning) * textMicro + imageTokens * imageMicro,
      );
    },
  );

  it('counts a quarter of the bytes of all text, rounded up, and every reference', async () => {
    const reference = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
    const messages = [
      { role: 'system', content: 'Né' },
      { role: 'user', content: [{ type: 'text', text: '여우' }, reference, reference] },
    ];

    await ask(simulator, '', { messages });

    expect(simulator.bill().at(-1)?.tokens.input).toBe(Math.ceil((3 + 6) / 4) + 2 * 1120);
  });

  it.each(USAGE_SHAPES.filter((shape) => shape !== 'all-zero' && shape !== 'none'))(
    'agrees with the usage that the answer tells as %s',
    async (usage) => {
      outcome = { kind: 'image', variant: 'V1', usage };

      const reply = await ask(simulator, `Told as ${usage}`);

      const { input = 0, text = 0, reasoning = 0, image = 0 } = simulator.bill().at(-1)?.tokens ?? {};
      const body = JSON.parse(reply.text);
      const told = body.usage ?? body.usageMetadata;
      expect(told.prompt_tokens ?? told.input_tokens ?? told.promptTokenCount).toBe(input);
      const total = told.total_tokens ?? told.totalTokenCount ?? input + told.completion_tokens;
      const output = usage === 'total-too-small' ? total : total - input;
      expect(output).toBe(text + reasoning + image);
    },
  );

  it.each(['all-zero', 'none'] as const)('takes 500 text tokens if the usage is %s', async (usage) => {
    outcome = { kind: 'image', variant: 'V1', usage };

    await ask(simulator, `Untold as ${usage}`);

    const { text = 0, reasoning = 0, image } = simulator.bill().at(-1)?.tokens ?? {};
    expect([text + reasoning, image]).toEqual([500, 1120]);
  });

  it('does not change with the place of the image', async () => {
    const micro: (number | undefined)[] = [];
    for (const variant of ['V1', 'V3-source', 'V9'] satisfies VariantName[]) {
      outcome = { kind: 'image', variant, usage: 'documented' };
      const fresh = await startSimulator({ latency: 'none', pictures: 'plain', script: () => outcome });
      await ask(fresh, 'The same fox');
      micro.push(fresh.bill()[0]?.creditsMicro);
      await fresh.close();
    }

    expect(new Set(micro).size).toBe(1);
  });
});
