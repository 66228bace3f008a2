import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { MEASURES, type Results } from './results.ts';

/** bench/targets.json: no ratio of pressrun to a peer may be larger than `atMost`. `goal` is what it is to become. */
const targets = z.array(
  z.strictObject({
    bench: z.string(),
    measure: z.enum(MEASURES),
    peer: z.enum(['openai', 'ai', 'fetch']),
    atMost: z.number(),
    goal: z.optional(z.number()),
  }),
);

interface Verdict {
  readonly text: string;
  readonly isMissed: boolean;
}

/** How each target of what ran was met. Throws where a target is of a bench that there is not. */
export function verdicts({ benches }: Results, known: readonly string[]): readonly Verdict[] {
  const path = new URL('../targets.json', import.meta.url);
  return targets
    .parse(JSON.parse(readFileSync(path, 'utf8')))
    .flatMap(({ bench, measure, peer, ...bounds }) => {
      if (!known.includes(bench)) throw new Error(`bench/targets.json: there is no bench "${bench}"`);
      const ran = benches.find(({ name }) => name === bench);
      const ratio = ran?.ratios[peer]?.[measure];
      if (ratio === undefined) return [];
      const isMissed = !(ratio <= bounds.atMost);
      const goal = bounds.goal === undefined || ratio <= bounds.goal ? '' : `, goal ${bounds.goal}`;
      const text = `${isMissed ? 'MISSED' : 'ok    '} ${bench}, ${measure} to ${peer}: ${ratio} (at most ${bounds.atMost}${goal})`;
      return [{ text, isMissed }];
    });
}
