import type { Charge } from '../../../shared/domain/money/charge.ts';
import { chargeOf } from '../facts.ts';
import type { RowChange } from '../memory/memory-table.ts';
import type { Tell, Watch, Watched } from '../watch.ts';

/**
 * I5: an attempt is recorded once, and by the end of its item where it still holds that; and corrected at most as far as more
 * becomes known of it: it was given up and then answered, its answer turned out to be an image, or its image was one too many.
 */
export function watchBookings({ facts }: Watched, tell: Tell): Watch {
  function onCharge({ key, before, after }: RowChange): void {
    if (after === undefined) return;
    const stored = facts.items.get(Number(after.row))?.stored;
    if (stored?.state === 'working' && stored.attempt === after.attempt)
      tell('I5', `${key.sk} was booked while its attempt holds row ${after.row}`);
    if (before === undefined) return;
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
