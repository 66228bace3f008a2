import type { AnswerMemory } from '../types.ts';

/** Unbounded memory, for one response at a time. */
export const FREE_MEMORY: AnswerMemory = {
  reserve: () => undefined,
  buffer: (bytes) => Buffer.allocUnsafeSlow(bytes),
  recycle: () => undefined,
};
