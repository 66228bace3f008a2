import type { Failure } from '../../domain/calls/failure.ts';
import { KeyUnreadableError } from '../types.ts';
import { redactLine } from './redact.ts';

type KeyRead =
  | { readonly kind: 'key'; readonly key: string | undefined }
  | { readonly kind: 'failure'; readonly failure: Failure };

/**
 * A key that is missing, or cannot be a header, is trouble that only you can fix: as a key that is refused. One that
 * cannot be read now is an outage of what is between us and the provider: it is waited for.
 */
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
