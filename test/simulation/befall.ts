import type { Fault } from './faults.ts';
import type { Operation } from './operation.ts';
import type { Process } from './process.ts';

/** How long a client waits for an answer that does not come. */
const CLIENT_TIMEOUT_MS = 60_000;

/** A file that cannot be read for some minutes, because the store or the queue takes no more, is refused. */
const LONGEST_THROTTLING_MS = 60_000;

/** What the scheduler can do about an operation. */
export interface Hands {
  now(): number;
  /** Makes it happen; what it gives hands over the answer. */
  happen(operation: Operation, how?: 'happen' | 'happenAgain'): () => void;
  happenInPart(operation: Operation): void;
  after(ms: number, act: () => void, of?: Process): void;
  /** Something is on its way that arrives whatever becomes of its sender. */
  arriveLater(ms: number, arrive: () => void): void;
  waitAgain(operation: Operation): void;
  /** Its frozen process continues as soon as another one whose name begins so is about to do the same. */
  awaitRival(operation: Operation, of: string): void;
  /** Whatever needs one of these places fails for so long. */
  throttle(places: readonly string[], ms: number): void;
  kill(process: Process): void;
}

/** Makes an operation happen as the fault has it. */
export function befall(hands: Hands, operation: Operation, fault: Fault): void {
  const { kind, ms } = fault;
  const { process } = operation;
  switch (kind) {
    case 'fail-before':
      operation.fail('before');
      break;
    case 'fail-after':
      hands.happen(operation);
      operation.fail('after');
      break;
    case 'lost-reply':
      hands.happen(operation);
      hands.after(CLIENT_TIMEOUT_MS, () => operation.fail('lost'), process);
      break;
    case 'in-part':
      hands.happenInPart(operation);
      operation.fail('after');
      break;
    case 'throttled':
      hands.throttle(
        operation.places,
        operation.name.startsWith('table.') ? ms : Math.min(ms, LONGEST_THROTTLING_MS),
      );
      operation.fail('throttled');
      break;
    case 'delayed':
      hands.arriveLater(ms, () => {
        const handOver = hands.happen(operation);
        if (!process.dead) handOver();
      });
      break;
    case 'late-reply':
      hands.after(ms, hands.happen(operation), process);
      break;
    case 'repeated':
      repeat(hands, operation, ms);
      break;
    case 'die-before':
      hands.kill(process);
      break;
    case 'die-after':
      hands.happen(operation);
      hands.kill(process);
      break;
    case 'freeze':
      process.frozenUntilMs = hands.now() + ms;
      operation.spared = true;
      hands.waitAgain(operation);
      if (fault.meets) hands.awaitRival(operation, fault.of ?? '');
  }
}

function repeat(hands: Hands, operation: Operation, ms: number): void {
  const handOver = hands.happen(operation);
  if (operation.again === 'sent-again') {
    hands.happen(operation, 'happenAgain')();
    return;
  }
  hands.arriveLater(ms, () => void hands.happen(operation, 'happenAgain'));
  handOver();
}
