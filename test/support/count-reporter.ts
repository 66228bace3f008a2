import type { Reporter, TestModule } from 'vitest/node';

/** Prints `N passed, N failed` as the very last line. What failed outside of a test (a file, a hook, an unhandled error) counts as one. */
export default function countReporter(): Reporter {
  let line = '0 passed, 0 failed';
  return {
    onTestRunEnd(modules, unhandledErrors) {
      const counts = modules.map(countModule);
      const passed = counts.reduce((sum, count) => sum + count.passed, 0);
      const failed = counts.reduce((sum, count) => sum + count.failed, unhandledErrors.length);
      line = `${passed} passed, ${failed} failed`;
      // Other reporters end their output in the same turn, whatever their place in the list.
      process.once('exit', () => process.stdout.write(`${line}\n`));
    },
  };
}

function countModule(module: TestModule): { readonly passed: number; readonly failed: number } {
  const states = [...module.children.allTests()].map((test) => test.result().state);
  const failedTests = states.filter((state) => state === 'failed').length;
  const suiteErrors = [...module.children.allSuites()].reduce((sum, suite) => sum + suite.errors().length, 0);
  return {
    passed: states.filter((state) => state === 'passed').length,
    failed: failedTests + module.errors().length + suiteErrors,
  };
}
