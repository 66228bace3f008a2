import { type Answer, type AnswerContext, dataUrlOf } from './answer.ts';
import { imageUrlPart, partsOf, typedText } from './parts.ts';

const PIECE_CHARS = 24_000;
const KEEPALIVE = ': keepalive\n\n';

/** V7: markdown in pieces of `delta.content`, the base64 cut anywhere. */
export function eventContent(context: AnswerContext): Answer {
  const images = context.images.map((image) => `![image](${dataUrlOf(image)})`).join('\n');
  const pieces = inPieces(`${context.text}\n${images}`, context);
  return eventAnswer(
    context,
    pieces.map((content) => ({ content })),
  );
}

/** V7: whole images in `delta.images[]`, each on one long line. */
export function eventImages(context: AnswerContext): Answer {
  const images = context.images.map((image) => ({ images: [imageUrlPart(image)] }));
  return eventAnswer(context, [{ content: context.text }, ...images]);
}

/** V7: `delta.content_blocks[]`. */
export function eventContentBlocks(context: AnswerContext): Answer {
  const blocks = partsOf(context, imageUrlPart, typedText).map((block) => ({ content_blocks: [block] }));
  return eventAnswer(context, blocks);
}

/** Events that begin well and end in an error. */
export function brokenEvents(context: AnswerContext, error: unknown): Answer {
  const lines = [
    KEEPALIVE,
    eventLine(chunkOf(context, { role: 'assistant', content: context.text })),
    KEEPALIVE,
    `event: error\n${eventLine({ error })}`,
  ];
  return eventStream(lines);
}

function eventAnswer(context: AnswerContext, deltas: readonly Record<string, unknown>[]): Answer {
  const lines = deltas.flatMap((delta, index) => [
    ...(index % 3 === 0 ? [KEEPALIVE] : []),
    eventLine(chunkOf(context, index === 0 ? { role: 'assistant', ...delta } : delta)),
  ]);
  return eventStream([
    ...earlyUsage(context),
    ...lines,
    eventLine({ ...chunkOf(context, {}, 'stop'), ...context.usage }),
    ...(context.random.chance(0.6) ? ['data: [DONE]\n\n'] : []),
  ]);
}

/** A first count, before any output, that the last one replaces; only if there is a last one. */
function earlyUsage(context: AnswerContext): string[] {
  if (context.usage.usage === undefined || context.random.chance(0.5)) return [];
  const { input } = context.tokens;
  const usage = { prompt_tokens: input, completion_tokens: 1, total_tokens: input + 1 };
  return context.tokens.input > 0 && context.usage.usage.prompt_tokens === input
    ? [eventLine({ ...chunkOf(context, {}), usage })]
    : [];
}

function chunkOf(context: AnswerContext, delta: Readonly<Record<string, unknown>>, finish?: string): object {
  return {
    id: context.id,
    object: 'chat.completion.chunk',
    created: context.createdS,
    model: context.model,
    choices: [{ index: 0, delta, finish_reason: finish ?? null }],
  };
}

function eventStream(lines: readonly string[]): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
    chunks: lines,
    hangUp: false,
  };
}

function eventLine(body: object): string {
  return `data: ${JSON.stringify(body)}\n\n`;
}

function inPieces(text: string, context: AnswerContext): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length; ) {
    const length = Math.max(200, Math.floor(context.random.next() * PIECE_CHARS));
    pieces.push(text.slice(from, from + length));
    from += length;
  }
  return pieces;
}
