import { defineConfig } from 'vitest/config';

/** The table's contract and the pipeline against DynamoDB Local, AWS's own emulator: a second opinion on dynoxide. */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/contract/table*.test.ts', 'test/pipeline/**/*.test.ts'],
    // These have no table, bring their own, or would take minutes over a server in Java: a thousand rows, ten writes each.
    exclude: ['**/{breaker,rate-limiter,kills,provider-contact,mixed-thousand}.test.ts'],
    globalSetup: ['./test/support/servers/dynamodb-local.ts'],
    pool: 'forks',
    // Files share processes: no test leaves anything behind in the process, and each would load the same modules again.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './test/support/count-reporter.ts'],
  },
});
