import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Writable } from 'node:stream';
import { UsageError } from '../../usage-error.ts';

type Input = Readable & { readonly isTTY?: boolean };

/** Reads a secret: prompts without echo on a terminal, else reads stdin. */
export async function readHidden(
  input: Input,
  ask: (question: string) => void,
  question: string,
): Promise<string> {
  if (input.isTTY !== true) return (await textOf(input)).trim();
  ask(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal: true });
  try {
    return await new Promise<string>((resolve, reject) => {
      const stop = () => reject(new UsageError('no key was entered: nothing was changed'));
      lines
        .once('line', (line) => resolve(line.trim()))
        .once('SIGINT', stop)
        .once('close', stop);
    });
  } finally {
    lines.close();
  }
}

async function textOf(input: Input): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
