import { totalmem } from 'node:os';
import v8 from 'node:v8';

const MIB = 1024 * 1024;
/** More reads nothing sooner: a core decodes some 250 MB a second. */
const MOST_FOR_ANSWERS = 96 * MIB;
const LEAST_FOR_ANSWERS = 8 * MIB;

/** Bytes for responses in this process: a quarter of its memory (cgroup, Lambda, machine) and half of V8's heap. */
export function memoryForAnswers(lambdaMib: number): number {
  const limits = [totalmem(), process.constrainedMemory(), lambdaMib * MIB].filter((each) => each > 0);
  const heap = v8.getHeapStatistics().heap_size_limit;
  const bytes = Math.min(...limits.map((each) => each / 4), heap / 2, MOST_FOR_ANSWERS);
  return Math.max(LEAST_FOR_ANSWERS, Math.floor(bytes));
}
