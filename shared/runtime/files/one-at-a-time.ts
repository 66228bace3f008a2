/** Runs tasks of a key in turn; other keys don't wait. */
export function oneAtATime(): <Result>(key: string, task: () => Promise<Result>) => Promise<Result> {
  const last = new Map<string, Promise<unknown>>();
  return (key, task) => {
    const result = (last.get(key) ?? Promise.resolve()).then(task);
    const settled = result.catch(() => undefined);
    last.set(key, settled);
    settled.then(() => {
      if (last.get(key) === settled) last.delete(key);
    });
    return result;
  };
}

/** One run of a key's task serves all that ask before it begins. */
export function together(): (key: string, task: () => Promise<void>) => Promise<void> {
  const inTurn = oneAtATime();
  const next = new Map<string, Promise<void>>();
  return (key, task) => {
    const waiting = next.get(key);
    if (waiting !== undefined) return waiting;
    const run = inTurn(key, () => {
      next.delete(key);
      return task();
    });
    next.set(key, run);
    return run;
  };
}
