import { buildApp } from 'fauxqs';

export interface Fauxqs {
  /** Speaks SQS and S3. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Starts the queues, in this process and in memory, on a free loopback port. Not `startFauxqs`, which listens on every
 * network interface. Why in memory: docs/decisions/0003-local-queues-in-memory.md.
 */
export async function startFauxqs(): Promise<Fauxqs> {
  const app = buildApp({ logger: false });
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
  app.server.unref();
  return {
    endpoint,
    stop: async () => {
      await app.close();
    },
  };
}
