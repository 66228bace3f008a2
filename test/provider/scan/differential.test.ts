import sharp from 'sharp';
import { expect, test } from 'vitest';
import { type Interpretation, interpretAnswer } from '../../../shared/provider/answer/interpret-answer.ts';
import { createAnswerScanner, type LiftedAnswer } from '../../../shared/provider/scan/answer-scanner.ts';
import { answerText } from '../../../shared/provider/scan/answer-text.ts';
import { generateAnswer, type Specimen } from '../fixtures/answers.ts';
import { REQUEST, seeded } from '../fixtures/calls.ts';
import { picture } from '../fixtures/pictures.ts';

const ANSWERS = 100_000;

/** Most are small, so that all are done in seconds; some are large enough to be decoded as they arrive. */
const small: readonly Specimen[] = [
  {
    bytes: await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
      .png()
      .toBuffer(),
    mime: 'image/png',
  },
  { bytes: await picture('png', 12, 9), mime: 'image/png' },
  { bytes: await picture('png', 16, 11), mime: 'image/png' },
  { bytes: await picture('jpeg', 8, 8), mime: 'image/jpeg' },
  { bytes: await picture('webp', 16, 12), mime: 'image/webp' },
  { bytes: await picture('webp-lossless', 9, 8), mime: 'image/webp' },
];
const large: Specimen = { bytes: await picture('png', 50, 44), mime: 'image/png' };
const specimens: readonly Specimen[] = [...Array.from({ length: 5 }, () => small).flat(), large];

/** The whole body as one string: what the scanner must come to, too, though it never makes one. */
function plainly(body: Buffer): LiftedAnswer {
  return { text: answerText(body.toString('utf8')), marks: { prefix: '\u0000none', lifted: [] } };
}

function scanned(body: Buffer, cuts: readonly number[]) {
  const scanner = createAnswerScanner(seeded(5));
  const chunk = Buffer.alloc(body.length);
  for (const [index, from] of [0, ...cuts].entries()) {
    // One buffer for all chunks, as a socket may have: whatever is kept must be copied.
    const length = body.copy(chunk, 0, from, cuts[index] ?? body.length);
    scanner.push(chunk.subarray(0, length));
    chunk.fill(0x41);
  }
  return { lifted: scanner.finish(), original: scanner.original() };
}

function read(lifted: LiftedAnswer, body: Buffer): Promise<Interpretation> {
  return interpretAnswer(
    { ...lifted, head: { status: 200, headers: {} }, original: () => body },
    {
      request: REQUEST,
      fetchLink: async () => ({ kind: 'refused', problem: 'no links here' }),
      nowMs: 0,
      secrets: [],
    },
  );
}

test(`${ANSWERS} generated answers are read as a plain parse of the whole body reads them`, async () => {
  let found = 0;
  for (let seed = 0; seed < ANSWERS; seed += 1) {
    const { body, cuts, holds } = generateAnswer(seed, specimens);
    const { lifted, original } = scanned(body, cuts);
    const ours = await read(lifted, body);

    const plain = await read(plainly(body), body);
    if (!isSame(ours, plain)) expect({ seed, ...ours }).toEqual({ seed, ...plain });
    if (Buffer.compare(original, body) !== 0) expect(`${seed}: ${original}`).toBe(`${seed}: ${body}`);
    if (holds === undefined) continue;
    const image = ours.outcome.kind === 'images' ? ours.outcome.images.at(-1) : undefined;
    if (image === undefined || Buffer.compare(image.bytes, holds.bytes) !== 0) {
      expect({ seed, outcome: ours.outcome }).toBe('the picture that was put in');
    }
    found += 1;
  }
  expect(found).toBeGreaterThan(ANSWERS / 2);
}, 600_000);

/** Cheaper than the matcher, which is asked only where something differs. */
function isSame(one: Interpretation, other: Interpretation): boolean {
  return (
    told(one) === told(other) &&
    bytesOf(one).every((bytes, at) => bytes.equals(bytesOf(other)[at] ?? bytes.subarray(1)))
  );
}

function told({ outcome, finished }: Interpretation): string {
  if (outcome.kind === 'failure') return JSON.stringify([finished, outcome.failure, outcome.usage]);
  const sizes = outcome.images.map(({ type, width, height }) => [type, width, height]);
  return JSON.stringify([finished, sizes, outcome.text, outcome.usage]);
}

function bytesOf({ outcome }: Interpretation): Buffer[] {
  return outcome.kind === 'images'
    ? outcome.images.map(({ bytes }) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
    : [];
}
