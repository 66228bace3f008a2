import type { Process } from './process.ts';

export type OperationName =
  | `table.${'get' | 'query' | 'write'}`
  | `store.${'put' | 'get' | 'head' | 'list' | 'delete'}`
  | `${'work' | 'ingest'}.${'send' | 'setVisibility' | 'receive' | 'remove'}`
  | 'provider.call'
  | 'cron.tick';

type FailedWhen = 'before' | 'after' | 'lost' | 'throttled';

/** One input or output of the pipeline, before it happens. */
export interface Order<Result> {
  readonly name: OperationName;
  /** What it is about, for a trace. */
  readonly about?: () => string;
  /** Makes it happen, as a whole and at once; its answer may take its time. */
  readonly run: () => Promise<Result>;
  /** Whether it changes the world; where it does not, failing after it is the same as failing before it. */
  readonly changes: boolean;
  /**
   * Makes it happen twice, where that is possible. `sent-again` gives the answer of the second time; `late` is a copy
   * that was held up on its way, and arrives long after the answer.
   */
  readonly again?: { readonly how: 'sent-again' | 'late'; readonly run: () => Promise<Result> };
  /** Makes some of it happen, where it has parts. */
  readonly inPart?: () => Promise<unknown>;
  /** What of the world it needs: a partition, a queue. All of one place can be throttled at once. */
  readonly places?: readonly string[];
  /** How a failure shows; by default it is thrown. */
  readonly failed?: (when: FailedWhen) => Result;
  /** What is thrown where one of its places takes no more; by default what is thrown for any failure. */
  readonly busy?: (cause: Error) => Error;
  /** A receiver waits for a message. */
  readonly readyAtMs?: () => number;
}

/** The same in progress, while its process waits for the answer. */
export interface Operation {
  readonly process: Process;
  readonly name: OperationName;
  readonly changes: boolean;
  readonly again: 'sent-again' | 'late' | undefined;
  readonly hasParts: boolean;
  readonly places: readonly string[];
  /** It has had its fault already. */
  spared: boolean;
  about(): string;
  readyAtMs(): number;
  /** Makes it happen; what it gives hands over the answer. */
  happen(): () => void;
  happenAgain(): () => void;
  happenInPart(): void;
  fail(when: FailedWhen): void;
}

/** An operation with the promise that its process waits for, which never settles unless the operation does. */
export function createOperation<Result>(
  process: Process,
  order: Order<Result>,
  failure: () => Error,
): { readonly operation: Operation; readonly answer: Promise<Result> } {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const handOver = (result: Promise<Result>) => {
    // Nobody may be there any more to hear of it.
    result.catch(() => undefined);
    return () => resolve(result);
  };
  const operation: Operation = {
    process,
    name: order.name,
    changes: order.changes,
    again: order.again?.how,
    hasParts: order.inPart !== undefined,
    places: order.places ?? [],
    spared: false,
    about: order.about ?? (() => ''),
    readyAtMs: order.readyAtMs ?? (() => 0),
    happen: () => handOver(order.run()),
    happenAgain: () => handOver((order.again?.run ?? order.run)()),
    happenInPart: () => void order.inPart?.(),
    fail: (when) => {
      if (order.failed === undefined) reject((when === 'throttled' && order.busy?.(failure())) || failure());
      else resolve(order.failed(when));
    },
  };
  return { operation, answer: promise };
}
