import type { SimulatorOptions } from '../../local/simulator/options.ts';

/** A call when it reached the provider. */
export interface SeenCall {
  readonly prompt: string;
  readonly atMs: number;
  /** Turned away, so that another may follow. */
  readonly isRefused: boolean;
}

interface CallRecord {
  readonly calls: readonly SeenCall[];
  readonly script: NonNullable<SimulatorOptions['script']>;
}

/** A simulator's script that writes down each call, and refuses those of shy prompts twice. */
export function recordCalls(): CallRecord {
  const calls: SeenCall[] = [];
  return {
    calls,
    script: ({ prompt, nth }) => {
      const isRefused = prompt.includes(SHY) && nth < 2;
      calls.push({ prompt, atMs: Date.now(), isRefused });
      return isRefused ? { kind: 'failure', failure: 'policy-451' } : undefined;
    },
  };
}

/** In a prompt that a person has to retry. */
export const SHY = 'shy';
