import type { AnswerMemory } from '../types.ts';

/** Memory without a bound, where one answer is read at a time. */
export const FREE_MEMORY: AnswerMemory = {
  reserve: () => undefined,
  buffer: (bytes) => Buffer.allocUnsafeSlow(bytes),
  recycle: () => undefined,
};
