import { styleText } from 'node:util';

/** The only place that writes to the terminal: prose and progress to stderr, the result to stdout. */
export interface Output {
  readonly json: boolean;
  /** A line for people, on stderr. */
  say(line?: string): void;
  /** The result: text on stdout, or with `--json` the value as one document on one line. */
  result(text: string, value: unknown): void;
  /** Text in a color where a terminal has them (`NO_COLOR` is kept), and as it is elsewhere. */
  paint(color: 'green' | 'yellow' | 'red' | 'bold', text: string): string;
  /** Resolves when the result has left; rejects where it could not be written. A reader that went away is no error. */
  flushed(): Promise<void>;
}

export interface Streams {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export function createOutput({ stdout, stderr }: Streams, json: boolean): Output {
  let failure: Error | undefined;
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // `pressrun status | head -1` has read enough.
    if (error.code !== 'EPIPE') failure ??= new Error(`the result could not be written: ${error.message}`);
  });
  // The work goes on where the terminal is gone.
  stderr.on('error', () => undefined);
  return {
    json,
    say: (line = '') => void stderr.write(`${line}\n`),
    result: (text, value) => {
      const written = json ? JSON.stringify(value) : text.replace(/\n$/, '');
      if (written !== '') stdout.write(`${written}\n`);
    },
    paint: (color, text) => (json ? text : styleText(color, text, { stream: stdout })),
    flushed: async () => {
      await new Promise<void>((resolve) => stdout.write('', () => resolve()));
      if (failure !== undefined) throw failure;
    },
  };
}
