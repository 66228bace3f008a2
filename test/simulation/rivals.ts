import type { Operation } from './operation.ts';
import type { Process } from './process.ts';

/** Processes that stand still until another one comes to the same point. */
interface Rivals {
  await(operation: Operation, of: string): void;
  /** Who has waited for this operation, if somebody still does. */
  meet(operation: Operation, nowMs: number): Process | undefined;
}

export function createRivals(): Rivals {
  let waiting: { readonly operation: Operation; readonly of: string }[] = [];
  return {
    await: (operation, of) => void waiting.push({ operation, of }),
    meet: ({ name, process }, nowMs) => {
      if (waiting.length === 0) return undefined;
      waiting = waiting.filter(({ operation }) => operation.process.frozenUntilMs > nowMs);
      const met = waiting.find(
        ({ operation, of }) =>
          operation.name === name && operation.process !== process && process.name.startsWith(of),
      );
      waiting = waiting.filter((each) => each !== met);
      return met?.operation.process;
    },
  };
}
