import { createInterface } from 'node:readline';

interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
}

/** Asks; only y or yes is a yes. `interrupted`: Ctrl-C, which reaches the question as a key, and signals. */
export async function askYesNo(
  question: string,
  { input, output }: Terminal,
  interrupted: AbortSignal,
): Promise<'yes' | 'no' | 'interrupted'> {
  if (interrupted.aborted) return 'interrupted';
  const { promise, resolve } = Promise.withResolvers<'yes' | 'no' | 'interrupted'>();
  const onAbort = () => resolve('interrupted');
  interrupted.addEventListener('abort', onAbort);
  let entered = false;
  const lines = createInterface({ input, output });
  lines
    .once('line', (line) => {
      entered = true;
      resolve(/^y(es)?$/i.test(line.trim()) ? 'yes' : 'no');
    })
    .once('SIGINT', onAbort)
    .once('close', () => resolve('no'))
    // A closed terminal.
    .once('error', onAbort);
  lines.setPrompt(question);
  lines.prompt();
  try {
    return await promise;
  } finally {
    interrupted.removeEventListener('abort', onAbort);
    lines.close();
    // Only Enter ends the question's line.
    if (!entered) output.write('\n');
  }
}
