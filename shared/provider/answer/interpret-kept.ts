import type { FetchLink } from '../http/image-link.ts';
import { createAnswerScanner } from '../scan/answer-scanner.ts';
import type { ImageRequest, KeptAnswer } from '../types.ts';
import { type Interpreted, interpretAnswer } from './interpret-answer.ts';

interface KeptInterpreter {
  readonly fetchLink: FetchLink;
  readonly nowMs: number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Interprets a kept response as if it had just arrived. Sends nothing, except for linked images. */
export async function interpretKept(
  { status, bytes }: KeptAnswer,
  request: Pick<ImageRequest, 'profile' | 'settings'>,
  { fetchLink, nowMs, random }: KeptInterpreter,
): Promise<Interpreted> {
  const scanner = createAnswerScanner(random);
  scanner.push(Buffer.from(bytes));
  const answer = { ...scanner.finish(), head: { status, headers: {} }, original: scanner.original };
  return (await interpretAnswer(answer, { request, fetchLink, nowMs, secrets: [] })).outcome;
}
