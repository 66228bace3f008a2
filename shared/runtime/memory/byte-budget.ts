/** Shared bytes: each user takes more and more, and returns all at once. */
interface ByteBudget {
  open(): ByteLoan;
  used(): number;
}

export interface ByteLoan {
  /** Waits until so many are free; undefined if they are. Rejects if aborted first. */
  acquire(bytes: number, signal?: AbortSignal): Promise<void> | undefined;
  giveBack(): void;
}

interface Holder {
  bytes: number;
  waits: boolean;
}

interface Waiter {
  readonly holder: Holder;
  readonly bytes: number;
  /** Later requests that went first. */
  passed: number;
  readonly grant: () => void;
}

/** A large request lets so many pass. */
const MOST_PASSED = 100;

/** Bounds what is held together. Small requests pass a waiting large one. One holder may exceed it, so that some can end. */
export function createByteBudget(limit: number): ByteBudget {
  const holders = new Set<Holder>();
  const waiting: Waiter[] = [];
  let taken = 0;
  let beyond: Holder | undefined;

  function fits({ holder, bytes }: Pick<Waiter, 'holder' | 'bytes'>): boolean {
    return taken + bytes <= limit || taken === holder.bytes || holder === beyond;
  }

  function nextInLine(): Waiter | undefined {
    const next =
      firstInLine(waiting, fits) ?? (beyond === undefined ? largestIfAllWait(waiting, holders) : undefined);
    if (next !== undefined && !fits(next)) beyond = next.holder;
    return next;
  }

  function take(holder: Holder, bytes: number, later: readonly Waiter[]): void {
    for (const earlier of later) earlier.passed += 1;
    holder.bytes += bytes;
    taken += bytes;
  }

  function settle(): void {
    for (let next = nextInLine(); next !== undefined; next = nextInLine()) {
      take(next.holder, next.bytes, waiting.slice(0, leaveLine(next)));
      next.grant();
    }
  }

  function leaveLine(waiter: Waiter): number {
    const place = waiting.indexOf(waiter);
    waiting.splice(place, 1);
    waiter.holder.waits = false;
    return place;
  }

  function wait(holder: Holder, bytes: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { holder, bytes, passed: 0, grant: resolve };
      holder.waits = true;
      waiting.push(waiter);
      const leave = () => {
        if (!waiting.includes(waiter)) return;
        leaveLine(waiter);
        reject(signal?.reason);
        settle();
      };
      signal?.addEventListener('abort', leave, { once: true });
      if (signal?.aborted) leave();
      settle();
    });
  }

  return {
    used: () => taken,
    open() {
      const holder: Holder = { bytes: 0, waits: false };
      holders.add(holder);
      return {
        acquire(bytes, signal) {
          const isHeldBack = holder.bytes === 0 && waiting.some(({ passed }) => passed >= MOST_PASSED);
          if (isHeldBack || !fits({ holder, bytes })) return wait(holder, bytes, signal);
          take(holder, bytes, waiting);
          return undefined;
        },
        giveBack() {
          if (!holders.delete(holder)) return;
          if (beyond === holder) beyond = undefined;
          taken -= holder.bytes;
          settle();
        },
      };
    },
  };
}

/** Holders first: they return theirs sooner. */
function firstInLine(waiting: readonly Waiter[], fits: (waiter: Waiter) => boolean): Waiter | undefined {
  const line = waiting.toSorted((a, b) => Number(b.holder.bytes > 0) - Number(a.holder.bytes > 0));
  const next = line.find((each) => fits(each) || each.passed >= MOST_PASSED);
  return next !== undefined && fits(next) ? next : undefined;
}

function largestIfAllWait(waiting: readonly Waiter[], holders: ReadonlySet<Holder>): Waiter | undefined {
  if ([...holders].some(({ bytes, waits }) => bytes > 0 && !waits)) return undefined;
  return waiting.toSorted((a, b) => b.holder.bytes - a.holder.bytes)[0];
}
