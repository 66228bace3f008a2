/** `read-many.ts URL ANSWERS`: reads so many answers at once, as a worker does; prints what it read, and the memory it took. */
import { readFileSync } from 'node:fs';
import { createProvider } from '../../../shared/provider/client.ts';
import { createLender } from '../../../shared/runtime/memory/answer-memory.ts';
import { memoryForAnswers } from '../../../shared/runtime/memory/memory-limit.ts';
import { REQUEST } from '../../provider/fixtures/calls.ts';

const [, , url = '', answers = '1'] = process.argv;
const provider = createProvider({
  baseUrl: url,
  apiKey: async () => 'key',
  clock: Date,
  random: Math.random,
});
const limit = memoryForAnswers(512);
const lend = createLender(limit);
const bytes = await Promise.all(
  Array.from({ length: Number(answers) }, () =>
    lend(async (memory) => {
      const outcome = await provider.call(REQUEST, undefined, memory);
      if (outcome.kind === 'failure') throw new Error(outcome.failure.message);
      // As long as a put may take.
      await new Promise((resolve) => setTimeout(resolve, 20));
      return outcome.images[0].bytes.length;
    }),
  ),
);
const peakMb = Math.round(peakKb() / 1024);
process.stdout.write(JSON.stringify({ read: bytes.length, bytes: Math.min(...bytes), limit, peakMb }));

/** What Node tells counts the process that started this one: Linux keeps the most of both over `exec`. */
function peakKb(): number {
  const { maxRSS } = process.resourceUsage();
  if (process.platform !== 'linux') return maxRSS;
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? maxRSS);
}
