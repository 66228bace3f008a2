/**
 * An answer of 64 MiB that is nothing but tiny events: what reading it ingests memory, and how long the event loop stands
 * still. `node bench/tiny-events.ts` prints one line of JSON.
 */
import { modelCatalog } from '../shared/domain/calls/models.ts';
import { interpretAnswer } from '../shared/provider/answer/interpret-answer.ts';
import { createAnswerScanner } from '../shared/provider/scan/answer-scanner.ts';

const MIB = 1024 * 1024;
const MODEL = 'gemini-3.1-flash-image-preview';
const event = Buffer.from('data: {"choices":[{"index":0,"delta":{"content":"a "}}]}\n\n');
const chunk = Buffer.concat(Array.from({ length: 1100 }, () => event));

const profile = modelCatalog().get(MODEL);
if (profile === undefined) throw new Error(`no model ${MODEL}`);
const stalls = watchStalls();

const before = process.cpuUsage();
const scanner = createAnswerScanner(Math.random);
for (let bytes = 0; bytes < 64 * MIB; bytes += chunk.length) {
  scanner.push(chunk);
  await new Promise((resolve) => setImmediate(resolve));
}
const { outcome } = await interpretAnswer(
  { ...scanner.finish(), head: { status: 200, headers: {} }, original: scanner.original },
  {
    request: { profile, settings: { model: MODEL } },
    fetchLink: async () => ({ kind: 'refused', problem: 'none' }),
    nowMs: 0,
    secrets: [],
  },
);
const { user, system } = process.cpuUsage(before);
const result = {
  outcome: outcome.kind === 'failure' ? outcome.failure.code : outcome.kind,
  cpuMs: Math.round((user + system) / 1000),
  peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
  longestStallMs: stalls(),
};
process.stdout.write(`${JSON.stringify(result)}\n`);

/**
 * Watches how long the event loop has stalled: the most processor time that this thread took between two turns. Time of the
 * clock would count other processes, too.
 */
function watchStalls(): () => number {
  let last = cpuMs();
  let longest = 0;
  const look = () => {
    const now = cpuMs();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  return () => {
    clearInterval(timer);
    look();
    return Math.round(longest);
  };
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
