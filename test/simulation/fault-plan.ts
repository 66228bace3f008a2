import type { Fault, FaultKind } from './faults.ts';
import type { Operation } from './operation.ts';

/** The faults of a run that have not happened yet. */
interface FaultPlan {
  /** Takes the fault that befalls this operation at this step, if one does. */
  take(operation: Operation, step: number): Fault | undefined;
}

export function createFaultPlan(faults: readonly Fault[]): FaultPlan {
  const left = [...faults].sort((a, b) => a.step - b.step);
  return {
    take: (operation, step) => {
      for (const [index, fault] of left.entries()) {
        if (fault.step > step) return undefined;
        if (fault.at !== undefined && fault.at !== operation.name) continue;
        if (fault.of !== undefined && !operation.process.name.startsWith(fault.of)) continue;
        if (canBefall(fault.kind, operation)) return left.splice(index, 1)[0];
      }
      return undefined;
    },
  };
}

/** Whether a fault of this kind makes a difference to this operation. */
export function canBefall(
  kind: FaultKind,
  operation: Pick<Operation, 'changes' | 'again' | 'hasParts' | 'places'>,
): boolean {
  switch (kind) {
    case 'fail-before':
    case 'lost-reply':
    case 'delayed':
    case 'late-reply':
    case 'die-before':
    case 'freeze':
      return true;

    case 'fail-after':
    case 'die-after':
      return operation.changes;
    case 'repeated':
      return operation.again !== undefined;
    case 'in-part':
      return operation.hasParts;
    case 'throttled':
      return operation.places.length > 0;
  }
}
