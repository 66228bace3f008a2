import { defineConfig } from 'vitest/config';

const SIMULATION = 'test/simulation/**/*.test.ts';

export default defineConfig({
  test: {
    environment: 'node',
    // Processes, not threads: emulators are children, and end with the process that started them.
    pool: 'forks',
    // All cores: much of a test's time is waiting for a child process.
    maxWorkers: '100%',
    // A hang ends a test, load does not: on a busy machine many take ten times as long as alone.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The count is the last line: keep its reporter last.
    reporters: ['default', './test/support/count-reporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['test/**/*.test.ts'],
          exclude: [SIMULATION],
          // Files share processes, since each would load the same modules again: no test leaves anything in its process.
          isolate: false,
        },
      },
      // It watches what the process itself asks Node to do soon, and is the same again only where nobody else asks.
      { extends: true, test: { name: 'simulation', include: [SIMULATION] } },
    ],
  },
});
