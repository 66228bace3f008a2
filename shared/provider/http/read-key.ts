import type { Failure } from '../../domain/calls/failure.ts';
import { KeyUnreadableError } from '../types.ts';
import { redactLine } from './redact.ts';

type KeyRead =
  | { readonly kind: 'key'; readonly key: string | undefined }
  | { readonly kind: 'failure'; readonly failure: Failure };

/** A missing or malformed key needs you, as a refused one does. One that can't be read now is an outage: wait. */
export async function readKey(apiKey: () => Promise<string | undefined>): Promise<KeyRead> {
  try {
    const key = (await apiKey())?.trim();
    if (key === undefined || /^[\x21-\x7e]+$/.test(key)) return { kind: 'key', key };
    return { kind: 'failure', failure: keyFailure('it is empty or has characters that no key has') };
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'unknown error';
    return { kind: 'failure', failure: keyFailure(problem, error instanceof KeyUnreadableError) };
  }
}

function keyFailure(problem: string, passes = false): Failure {
  const [code, what] = passes ? (['upstream', 'read now'] as const) : (['auth', 'used'] as const);
  return { code, message: redactLine(`the API key cannot be ${what}: ${problem}`), reach: 'unsent' };
}
