import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/**/*.test.ts'],
    // Processes, not threads: emulators are children, and end with the process that started them.
    pool: 'forks',
    // Files share processes: no test leaves anything behind in the process, and each would load the same modules again.
    isolate: false,
    // All cores: much of a test's time is waiting for a child process.
    maxWorkers: '100%',
    // A hang ends a test, load does not: on a busy machine many take ten times as long as alone.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The count is the last line: keep its reporter last.
    reporters: ['default', './test/support/count-reporter.ts'],
  },
});
