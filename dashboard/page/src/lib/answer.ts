import { useEffect, useReducer, useState } from 'preact/hooks';
import { ApiError, getJson } from './api.ts';

interface Answered<Value> {
  readonly value?: Value;
  /** What `value` is the answer to: not `path` while a newer question is on its way. */
  readonly to?: string;
  readonly problem?: ApiError | undefined;
}

/** The server's response to a path. Keeps the last one until the next; drops late ones. Asks again when `state` changes. */
export function useAnswer<Value>(path: string, state = ''): Answered<Value> & { readonly again: () => void } {
  const [answered, setAnswered] = useState<Answered<Value>>({});
  const [asked, again] = useReducer<number, void>((count) => count + 1, 0);
  useEffect(() => {
    const left = new AbortController();
    void [asked, state];
    getJson<Value>(path, left.signal).then(
      (value) => {
        if (!left.signal.aborted) setAnswered({ value, to: path });
      },
      (error: unknown) => {
        if (left.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        setAnswered((before) => ({ ...before, problem: error }));
      },
    );
    return () => left.abort();
  }, [path, asked, state]);
  return { ...answered, again };
}
