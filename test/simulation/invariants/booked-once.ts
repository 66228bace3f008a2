import type { Charge } from '../../../shared/domain/money/charge.ts';
import { chargeOf } from '../facts.ts';
import type { RowChange } from '../memory/memory-table.ts';
import type { Tell, Watch } from '../watch.ts';

/**
 * I5: an attempt is recorded once, and corrected at most as far as more becomes known of it: it was given up and then
 * answered, its answer turned out to be an image, or its image was one too many.
 */
export function watchBookings(tell: Tell): Watch {
  function onCharge({ key, before, after }: RowChange): void {
    if (before === undefined || after === undefined) return;
    const [was, is] = [chargeOf(before), chargeOf(after)];
    if (!isCorrection(was, is))
      tell('I5', `${key.sk} was ${was.outcome} and is booked again as ${is.outcome}`);
  }

  return {
    onRows: (changes) => {
      for (const change of changes) if (change.key.pk.startsWith('CHARGES#')) onCharge(change);
    },
  };
}

function isCorrection(was: Charge, is: Charge): boolean {
  const wasGivenUp = was.outcome === 'unknown' || was.outcome === 'unstored';
  const isGivenUp = is.outcome === 'unknown' || is.outcome === 'unstored';
  if (wasGivenUp) return !isGivenUp;
  if (was.outcome === 'image') return is.outcome === 'duplicate';
  return is.outcome === 'image' && was.outcome !== 'duplicate';
}
