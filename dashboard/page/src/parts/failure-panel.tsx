import type { ApiError } from '../lib/api.ts';
import { Command } from './command.tsx';

/** A page that can't be shown: what happened, and what to do. */
export function FailurePanel({ error }: { readonly error: ApiError }) {
  const { message, doThis, command } = error.failure;
  return (
    <main class="scrolls">
      <div class="sheet panel" role="alert">
        <h1>{message}</h1>
        {doThis !== undefined && <p>{doThis}</p>}
        {command !== undefined && <Command text={command} />}
        <p>
          <a href="/">All batches</a>
        </p>
      </div>
    </main>
  );
}
