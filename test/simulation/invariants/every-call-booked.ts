import type { Charge } from '../../../shared/domain/money/charge.ts';
import { unknownMaxMicro } from '../../../shared/domain/money/charge.ts';
import type { ItemFacts } from '../facts.ts';
import type { Call } from '../provider.ts';
import type { Tell, Watch, Watched } from '../watch.ts';

/**
 * I3: every billed call is a charge. A charge with usage is of exactly one call, for what that call was billed; a billed
 * call that has none stands behind an attempt of unknown outcome that may have cost as much, as soon as nobody works on it
 * and nobody will. Only an item in progress may have one call more than that, which the end of its lease settles.
 */
export function watchBill({ facts }: Watched, tell: Tell): Watch {
  function check(item: ItemFacts): void {
    const charges = [...item.charges.values()];
    const booked = new Set<Call>();
    for (const charge of charges) {
      if (charge.usage === undefined) continue;
      const call = item.calls.find(({ totalTokens }) => totalTokens === charge.usage?.totalTokens);
      const problem = problemOf(item, charge, call, booked);
      if (problem !== undefined) tell('I3', problem);
      if (call !== undefined) booked.add(call);
    }
    const open = item.calls.filter(
      (call) => call.creditsMicro > 0 && item.endedCalls.has(call) && !booked.has(call),
    );
    const unknown = charges.filter(({ outcome }) => outcome === 'unknown');
    const allowed = unknown.length + (item.stored.state === 'working' ? 1 : 0);
    if (open.length > allowed) {
      tell(
        'I3',
        `row ${item.row}: call ${open.map((call) => call.number).join(', ')} was billed and is no charge`,
      );
    }
    const most = Math.min(...unknown.map(({ creditsMaxMicro }) => creditsMaxMicro));
    const dearest = open.find(({ creditsMicro }) => creditsMicro > most);
    if (dearest !== undefined && item.stored.state !== 'working') {
      tell(
        'I3',
        `row ${item.row}: call ${dearest.number} was billed more than its unknown outcome says at most`,
      );
    }
  }

  return {
    onRows: (changes) => {
      for (const { key, after } of changes) {
        if (!key.pk.startsWith('CHARGES#') && !key.sk.startsWith('ITEM#')) continue;
        const item = facts.items.get(Number(after?.row));
        if (item !== undefined && item.calls.length > 0) check(item);
        if (key.pk.startsWith('CHARGES#') && after === undefined) tell('I3', `charge ${key.sk} was deleted`);
      }
    },
    onIdle: check,
    atEnd: () => {
      for (const item of facts.items.values()) {
        check(item);
        const images = [...item.charges.values()].filter(({ outcome }) => outcome === 'image');
        // An image that comes while the manifest of its failed item is written is paid for, and not taken any more.
        const isDone = item.stored.state === 'done';
        if (images.length > 1 || (isDone && images.length < 1)) {
          tell('I3', `row ${item.row} is ${item.stored.state} and has ${images.length} charges of an image`);
        }
      }
    },
  };
}

function problemOf(item: ItemFacts, charge: Charge, call: Call | undefined, booked: ReadonlySet<Call>) {
  const of = `row ${item.row}: charge ${charge.attempt} (${charge.outcome})`;
  if (call === undefined) return `${of} is of no call`;
  if (booked.has(call)) return `${of} is of call ${call.number}, which has a charge already`;
  const most = charge.creditsMicro + unknownMaxMicro(charge, charge.outcome);
  if (call.creditsMicro < charge.creditsMicro || call.creditsMicro > most) {
    return `${of} books ${charge.creditsMicro}, and call ${call.number} was billed ${call.creditsMicro}`;
  }
  return undefined;
}
