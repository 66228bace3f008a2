import { FAILURE_CODES, FAILURES } from '../../../shared/domain/calls/failure.ts';
import { itemOf } from '../facts.ts';
import type { RowChange } from '../memory/memory-table.ts';
import type { Tell, Watch, Watched } from '../watch.ts';

/** Codes of trouble that only a person can fix. */
const OPERATOR_CODES = new Set<string>(
  FAILURE_CODES.filter((code) => FAILURES[code].remedy.kind === 'operator'),
);
/** Those of answers that were paid for. */
const PAID_CODES = new Set<string>(FAILURE_CODES.filter((code) => FAILURES[code].billed === 'usage'));
/** A message that faults befell so often may be dead: nobody can tell it from one that crashes the function. */
const FAULTS_OF_A_DEAD_MESSAGE = 3;

/**
 * I8: trouble that only a person can fix uses up no attempt, ends no item, and sends nothing to the dead letters. An item
 * has no more billable attempts than it has charges.
 */
export function watchOperatorTrouble(
  { scenario, facts, workQueue, ingestQueue, faultsOf }: Watched,
  tell: Tell,
): Watch {
  /** Where a person wants to be asked, what was billed and could not be used is not made again. */
  const isHeldBack = (code: string) => scenario.unknownOutcomes === 'hold' && PAID_CODES.has(code);

  function onItem({ key, after }: RowChange): void {
    // A claim changes nothing of it.
    if (after === undefined || after.state === 'working') return;
    const { state, history } = itemOf(after);
    const counted = Object.keys(history.failures).find((code) => OPERATOR_CODES.has(code));
    if (counted !== undefined) tell('I8', `${key.sk}: ${counted} was counted against it`);
    const charges = facts.items.get(Number(after.row))?.charges.size ?? 0;
    // The store refused image after image of it, each paid for, while it took those of others: that is the item's own.
    const isOwn = state.kind === 'failed' && state.code === 'unstored' && charges > 1;
    if (state.kind === 'failed' && OPERATOR_CODES.has(state.code) && !isHeldBack(state.code) && !isOwn) {
      tell('I8', `${key.sk} failed by ${state.code}`);
    }
    if (history.billable > charges) {
      tell('I8', `${key.sk}: ${history.billable} billable attempts, and ${charges} charges`);
    }
  }

  return {
    onRows: (changes) => {
      for (const change of changes) if (change.key.sk.startsWith('ITEM#')) onItem(change);
    },
    atEnd: () => {
      for (const { id, body } of [...workQueue.deadLetters(), ...ingestQueue.deadLetters()]) {
        const faults = faultsOf(id);
        if (faults < FAULTS_OF_A_DEAD_MESSAGE) {
          tell(
            'I8',
            `message ${id} (${body}) is among the dead letters, though only ${faults} faults befell it`,
          );
        }
      }
    },
  };
}
