import process from 'node:process';

/** What anyone but `allSettled` asked Node to do soon: streams continue by ticks, the CSV reader by immediates. */
let ticks = 0;
let immediates = 0;
const { nextTick } = process;
const { setImmediate } = globalThis;
process.nextTick = (act, ...args) => {
  ticks += 1;
  nextTick(act, ...args);
};
globalThis.setImmediate = Object.assign(
  <Args extends unknown[]>(act: (...args: Args) => void, ...args: Args) => {
    immediates += 1;
    return setImmediate(() => {
      immediates -= 1;
      act(...args);
    });
  },
  { __promisify__: setImmediate.__promisify__ },
);

/**
 * Waits until promises and streams have gone on among themselves as far as they can: then all of them wait for the world.
 * Node empties its queue of promises after each queue of ticks; so once nobody asked for a tick between two of ours, with
 * a promise between them, both are empty. A turn of the event loop would do as well, and takes longer than most steps.
 */
export async function allSettled(): Promise<void> {
  for (let seen = Number.NaN; ; ) {
    await new Promise<void>((resolve) => nextTick(resolve));
    if (ticks === seen && immediates === 0) return;
    if (ticks === seen) await new Promise((resolve) => setImmediate(resolve));
    seen = ticks;
  }
}
