import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { type ChildServer, startChildServer } from './child-server.ts';
import { freePort } from './free-port.ts';

interface DynoxideOptions {
  /** The SQLite file; without it the tables are in memory. */
  readonly dbPath?: string;
  /** The `PATH` to look for a `dynoxide` of the machine's own, where the package has none for this platform. */
  readonly searchPath?: string;
  readonly onStarted?: (pid: number) => void;
}

interface Dynoxide extends ChildServer {
  readonly endpoint: string;
}

const readyWithinMs = 10_000;
const mostPorts = 5;

/** Starts dynoxide, a DynamoDB over SQLite, on a free loopback port. Throws with its own words where it does not start. */
export async function startDynoxide(options: DynoxideOptions = {}): Promise<Dynoxide> {
  const command = findDynoxide(options.searchPath ?? '');
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOn(await freePort(), command, options);
    } catch (error) {
      const portTaken = error instanceof Error && /already in use/i.test(error.message);
      if (!portTaken || tries >= mostPorts) throw error;
    }
  }
}

async function startOn(port: number, command: string, options: DynoxideOptions): Promise<Dynoxide> {
  const endpoint = `http://127.0.0.1:${port}`;
  const storage = options.dbPath === undefined ? [] : ['--db-path', options.dbPath];
  const server = await startChildServer({
    command,
    args: ['serve', '--host', '127.0.0.1', '--port', String(port), ...storage],
    ...(options.onStarted && { onStarted: options.onStarted }),
    // Its own line first: another process on the same port would answer as well.
    isReady: async (output) => output.includes(`listening on ${endpoint}`) && (await answers(endpoint)),
    readyWithinMs,
  });
  return { ...server, endpoint };
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    const answer = await fetch(endpoint, { signal: AbortSignal.timeout(1_000) });
    return (await answer.text()).startsWith('healthy');
  } catch {
    return false;
  }
}

/** The package's binary, else a `dynoxide` on the search path; throws saying what else would do. */
export function findDynoxide(searchPath: string): string {
  const candidates = [
    ...packagedBinary(),
    ...searchPath.split(delimiter).map((folder) => join(folder, 'dynoxide')),
  ];
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    `no dynoxide for ${process.platform}-${process.arch}: put one on the PATH (github.com/nubo-db/dynoxide), or name any DynamoDB in AWS_ENDPOINT_URL_DYNAMODB`,
  );
}

function packagedBinary(): readonly string[] {
  try {
    const manifest = createRequire(import.meta.url).resolve(
      `@dynoxide/${process.platform}-${process.arch}/package.json`,
    );
    return [join(dirname(manifest), 'dynoxide')];
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
