import { appendFile } from 'node:fs/promises';
import { together } from './one-at-a-time.ts';

/** A file of the user's alone that lines are added to; those that come while others are being written go together. */
export function lineFile(path: string): (line: string) => Promise<void> {
  const append = together();
  let waiting: string[] = [];
  return (line) => {
    waiting.push(`${line}\n`);
    return append(path, async () => {
      const lines = waiting.join('');
      waiting = [];
      await appendFile(path, lines, { mode: 0o600 });
    });
  };
}
