import { type Answer, type AnswerContext, htmlAnswer, jsonAnswer, resultImage } from '../answers/answer.ts';
import { chatAnswerBody } from '../answers/chat.ts';
import { imageAnswer } from '../answers/variants.ts';
import { googleError } from './bodies.ts';
import type { SimulatedFailure } from './failure.ts';

/** Work that was done but did not arrive, or not whole: rows 11 and 21–23 of provider-contract §5. */
export const BROKEN_ANSWERS = {
  'timeout-504': {
    code: 'timeout',
    uses: 'image',
    billedShare: 0.5,
    answer: () => htmlAnswer(504, '504 Gateway Time-out'),
  },
  'timeout-deadline': {
    code: 'timeout',
    uses: 'image',
    billedShare: 0.5,
    answer: () => jsonAnswer(504, googleError(504, 'DEADLINE_EXCEEDED', 'The request timed out.')),
  },
  'timeout-408': {
    code: 'timeout',
    uses: 'image',
    billedShare: 0.3,
    answer: () => jsonAnswer(408, { detail: 'Request timeout' }),
  },
  'timeout-524': {
    code: 'timeout',
    uses: 'image',
    billedShare: 0.7,
    answer: () => htmlAnswer(524, 'A timeout occurred'),
  },
  /** The connection is cut before the first byte of the answer. */
  'hang-up': {
    code: 'timeout',
    uses: 'image',
    billedShare: 0.7,
    answer: () => ({ status: 0, headers: {}, chunks: [], hangUp: true }),
  },
  /** The connection is cut in the middle of the answer. */
  'hang-up-midway': {
    code: 'timeout',
    uses: 'image',
    withPicture: true,
    answer: (context) => ({ ...cutShort(imageAnswer('V1', context)), hangUp: true }),
  },
  'bad-image-base64': {
    code: 'bad_image',
    uses: 'image',
    withPicture: true,
    answer: (context) => withData(context, (base64) => oneLeftOver(base64.replace(/=+$/, ''))),
  },
  'bad-image-cut-off': {
    code: 'bad_image',
    uses: 'image',
    withPicture: true,
    answer: (context) => withData(context, (base64) => base64.slice(0, 4 * Math.floor(base64.length / 6))),
  },
  'type-refused': {
    code: 'type_refused',
    uses: 'image',
    answer: (context) => withData(context, () => GIF.toString('base64')),
  },
  'link-refused': {
    code: 'link_refused',
    uses: 'image',
    answer: (context) =>
      jsonAnswer(200, chatAnswerBody(context, { content: '![image](https://pictures.example.org/fox.png)' })),
  },
  'bad-image-magic': {
    code: 'bad_image',
    uses: 'image',
    answer: (context) =>
      withData(context, () =>
        Buffer.from(`BM${'no picture that anyone knows '.repeat(40)}`).toString('base64'),
      ),
  },
  'response-too-large': {
    code: 'response_too_large',
    uses: 'image',
    answer: (context) => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      chunks: oversizeChunks(context.oversizeBytes),
      hangUp: false,
    }),
  },
  'bad-json-cut-off': {
    code: 'bad_json',
    uses: 'image',
    withPicture: true,
    answer: (context) => cutShort(imageAnswer('V2', context)),
  },
} satisfies Record<string, SimulatedFailure>;

/** A GIF of one pixel. */
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** The first two thirds of a body of one chunk. */
function cutShort(answer: Answer): Answer {
  const body = [...answer.chunks].join('');
  return { ...answer, chunks: [body.slice(0, Math.floor((body.length * 2) / 3))] };
}

function withData(context: AnswerContext, spoil: (base64: string) => string): Answer {
  const image = context.images.find((each) => each.role === 'result');
  const base64 = image === undefined ? '' : Buffer.from(resultImage(context).bytes).toString('base64');
  const url = `data:${image?.declaredType ?? 'image/png'};base64,${spoil(base64)}`;
  return jsonAnswer(200, chatAnswerBody(context, { content: `${context.text}\n![image](${url})` }));
}

/** Cut to a length of 1 mod 4, which no base64 has. */
function oneLeftOver(base64: string): string {
  return base64.slice(0, 4 * Math.floor((base64.length - 1) / 4) + 1);
}

function* oversizeChunks(bytes: number): Iterable<string> {
  yield '{"choices":[{"index":0,"message":{"role":"assistant","content":"data:image/png;base64,';
  const chunk = 'A'.repeat(1 << 20);
  for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk;
  yield '"},"finish_reason":"stop"}]}';
}
