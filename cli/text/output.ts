import { styleText } from 'node:util';
import { withoutInvisible } from '../../shared/domain/canonical-name.ts';

/** The only place that writes to the terminal: prose to stderr, results to stdout. */
export interface Output {
  readonly json: boolean;
  /** On stderr. */
  say(line?: string): void;
  /** Text in whole lines, its first line colored; with `--json` the value as one document. */
  result(text: string | Iterable<string>, value: unknown, color?: Color): void;
  /** Resolves when the result is written; rejects if it can't be. A closed reader is no error. */
  flushed(): Promise<void>;
}

export type Color = 'green' | 'yellow' | 'red';

export interface Streams {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export function createOutput(
  { stdout, stderr }: Streams,
  json: boolean,
  complete: (message: string) => string = (message) => message,
): Output {
  let failure: Error | undefined;
  // `NO_COLOR` and non-terminals get none.
  const painted = (text: string, color: Color | undefined): string => {
    const end = text.indexOf('\n');
    if (color === undefined || end < 0) return text;
    return styleText(color, text.slice(0, end), { stream: stdout }) + text.slice(end);
  };
  // More lines are data: a report, a CSV.
  const completed = (text: string) => (text.includes('\n') ? text : complete(text));
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // `pressrun status | head -1` has read enough.
    if (error.code !== 'EPIPE') failure ??= new Error(`the result could not be written: ${error.message}`);
  });
  // Work continues without the terminal.
  stderr.on('error', () => undefined);
  return {
    json,
    say: (line = '') => void stderr.write(`${withoutInvisible(complete(line))}\n`),
    result: (text, value, color) => {
      // Programs read escaped characters; terminals must not be steered by them.
      if (json) stdout.write(`${escapeInvisible(JSON.stringify(value))}\n`);
      else if (typeof text !== 'string') for (const part of text) stdout.write(visible(part));
      else if (text !== '') stdout.write(`${painted(visible(completed(text)).replace(/\n$/, ''), color)}\n`);
    },
    flushed: async () => {
      await new Promise<void>((resolve) => stdout.write('', () => resolve()));
      if (failure !== undefined) throw failure;
    },
  };
}

/** Keeps a UTF-8 mark for spreadsheets. */
function visible(text: string): string {
  return `${text.startsWith('\ufeff') ? '\ufeff' : ''}${withoutInvisible(text)}`;
}

function escapeInvisible(json: string): string {
  return json.replaceAll(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
