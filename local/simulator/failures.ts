import type { FailureCode } from '../../shared/domain/calls/failure.ts';
import { BROKEN_ANSWERS } from './failures/broken.ts';
import type { SimulatedFailure } from './failures/failure.ts';
import { OPERATOR_FAILURES } from './failures/operator.ts';
import { REFUSALS } from './failures/refusals.ts';
import { ANSWERS_WITHOUT_IMAGE } from './failures/without-image.ts';

const TABLE = { ...OPERATOR_FAILURES, ...REFUSALS, ...ANSWERS_WITHOUT_IMAGE, ...BROKEN_ANSWERS };

export type FailureName = keyof typeof TABLE;

/**
 * Every failure of provider-contract §5 but row 13 (a server cannot fail before it is reached), each in all the
 * bodies that it was seen in.
 */
export const FAILURES: Readonly<Record<FailureName, SimulatedFailure>> = TABLE;
export const FAILURE_NAMES = Object.keys(TABLE) as FailureName[];

/** The failures that the contract gives that code. */
export function failuresOf(code: FailureCode): FailureName[] {
  return FAILURE_NAMES.filter((name) => FAILURES[name].code === code);
}
