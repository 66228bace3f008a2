import { appendFile } from 'node:fs/promises';
import { together } from './one-at-a-time.ts';

/** A private file of lines; lines that arrive during a write go together. */
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
