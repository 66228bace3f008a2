import type { Effects } from '../../../shared/pipeline/effects.ts';
import { oneLine } from '../../text/one-line.ts';
import type { Finding } from './finding.ts';

/** AWS refuses requests signed five minutes away from its own time; SQS's delays and leases suffer sooner. */
const MOST_SKEW_MS = 30_000;
const TIMEOUT_MS = 10_000;

/** What a stage elsewhere must allow besides its table and queues: its bucket, and a clock that agrees with its own. */
export async function deployedFindings(
  { store, clock }: Pick<Effects, 'store' | 'clock'>,
  bucket: string,
  address: string,
): Promise<Finding[]> {
  return [await bucketFinding(store, bucket), await clockFinding(address, clock.now)];
}

async function bucketFinding(store: Effects['store'], bucket: string): Promise<Finding> {
  try {
    for await (const _ of store.list('uploads/')) break;
    return { check: 'bucket', ok: true, detail: `${bucket} can be read` };
  } catch (error) {
    return { check: 'bucket', ok: false, detail: `${bucket} cannot be read: ${oneLine(error)}` };
  }
}

/** By the `Date` of any answer, which needs no right. */
async function clockFinding(address: string, now: () => number): Promise<Finding> {
  try {
    const { headers } = await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const skewMs = now() - Date.parse(headers.get('date') ?? '');
    const seconds = Math.round(Math.abs(skewMs) / 1_000);
    if (Math.abs(skewMs) <= MOST_SKEW_MS)
      return { check: 'clock', ok: true, detail: 'agrees with that of AWS' };
    const detail = `${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} AWS: set this machine's clock by NTP`;
    return Number.isNaN(skewMs)
      ? { check: 'clock', ok: true, detail: `${address} tells no time to compare with` }
      : { check: 'clock', ok: false, detail };
  } catch (error) {
    return { check: 'clock', ok: false, detail: `${address} does not answer: ${oneLine(error)}` };
  }
}
