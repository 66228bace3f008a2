import { defineConfig } from 'vitest/config';

/** These only compute, or talk to servers of their own: one process runs many of them, and loads what they import once. */
const SHARED_PROCESS = 'test/{domain,functions,pipeline,provider,runtime,simulator}/**/*.test.ts';

export default defineConfig({
  test: {
    // All cores: much of a test's time is waiting for a child process.
    maxWorkers: '100%',
    // The count is the last line: keep its reporter last.
    reporters: ['default', './test/support/count-reporter.ts'],
    projects: [
      { test: { ...common(), name: 'shared', isolate: false, include: [SHARED_PROCESS] } },
      { test: { ...common(), name: 'own', include: ['test/**/*.test.ts'], exclude: [SHARED_PROCESS] } },
    ],
  },
});

function common() {
  return {
    environment: 'node' as const,
    // Processes, not threads: emulators are children, and end with the process that started them.
    pool: 'forks' as const,
    // A hang ends a test, load does not: on a busy machine many take ten times as long as alone.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  };
}
