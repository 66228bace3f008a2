import type { FailureCode } from '../../shared/domain/calls/failure.ts';
import { BROKEN_ANSWERS } from './failures/broken.ts';
import type { SimulatedFailure } from './failures/failure.ts';
import { OPERATOR_FAILURES } from './failures/operator.ts';
import { REFUSALS } from './failures/refusals.ts';
import { ANSWERS_WITHOUT_IMAGE } from './failures/without-image.ts';

const TABLE = { ...OPERATOR_FAILURES, ...REFUSALS, ...ANSWERS_WITHOUT_IMAGE, ...BROKEN_ANSWERS };

export type FailureName = keyof typeof TABLE;

/** Every failure of provider-contract §5 but row 13 (no connection), each in all bodies that were seen. */
export const SIMULATED_FAILURES: Readonly<Record<FailureName, SimulatedFailure>> = TABLE;
export const FAILURE_NAMES = Object.keys(TABLE) as FailureName[];

/** What no server can bring about: it is not reached, or it has answered well. */
export const UNREACHABLE = ['network', 'certificate', 'unstored'] as const satisfies readonly FailureCode[];

type SimulatedCode = (typeof TABLE)[FailureName]['code'] | (typeof UNREACHABLE)[number];

/** The failures that the contract gives that code. A code that none of them has does not compile where it is asked for. */
export function failuresOf(code: SimulatedCode): FailureName[] {
  return FAILURE_NAMES.filter((name) => SIMULATED_FAILURES[name].code === code);
}
