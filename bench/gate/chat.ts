import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A provider in a process of its own (bench/chat-server.ts), so that its work is not counted. */
export interface ChatServer {
  readonly url: string;
  /** What a client needs to trust it. */
  readonly env: Readonly<Record<string, string>>;
  /** The same latencies again, in the same order. */
  reset(): Promise<void>;
  stop(): void;
}

export async function startChat(
  imageBytes: number,
  { medianMs, sigma }: { readonly medianMs: number; readonly sigma: number } = { medianMs: 0, sigma: 0 },
  certificate?: string,
): Promise<ChatServer> {
  const path = fileURLToPath(new URL('../chat-server.ts', import.meta.url));
  const server = spawn(
    process.execPath,
    [path, ...[medianMs, sigma, imageBytes, certificate ?? ''].map(String)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [line] = await once(server.stdout, 'data');
  const url = String(line).trim();
  return {
    url,
    env: certificate === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificate },
    reset: async () => {
      await fetch(`${url}/reset`, { method: 'POST' });
    },
    stop: () => void server.kill('SIGTERM'),
  };
}
