/** The only place that writes to the terminal: prose and progress to stderr, the result to stdout. */
export interface Output {
  readonly json: boolean;
  readonly isTerminal: boolean;
  /** A line for people, on stderr. */
  say(line?: string): void;
  /** The result: text on stdout, or with `--json` the value as one document on one line. */
  result(text: string, value: unknown): void;
}

export interface Streams {
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export function createOutput({ stdout, stderr }: Streams, json: boolean): Output {
  return {
    json,
    isTerminal: stderr.isTTY === true,
    say: (line = '') => void stderr.write(`${line}\n`),
    result: (text, value) => {
      const written = json
        ? `${JSON.stringify(value)}\n`
        : text.endsWith('\n') || text === ''
          ? text
          : `${text}\n`;
      stdout.write(written);
    },
  };
}
