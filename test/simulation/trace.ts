import { runScenario } from './run.ts';
import { type Scenario, START_MS } from './scenario.ts';
import type { Step } from './scheduler.ts';
import type { Violation } from './watch.ts';

/** What one line says of an operation. */
const LONGEST = 200;

/** Runs a scenario and tells it step by step: when, who, what, and the fault that befell it. */
export async function traceOf(
  scenario: Scenario,
): Promise<{ lines: string[]; violations: readonly Violation[] }> {
  const steps: { readonly step: Step; readonly about: string }[] = [];
  const { violations } = await runScenario(scenario, {
    onStep: (step) => steps.push({ step, about: step.operation.about() }),
  });
  const lines = steps.map(({ step, about }) => lineOf(step, step.operation.about() || about));
  for (const { invariant, message } of violations) lines.push(`✗ ${invariant}: ${message}`);
  return { lines, violations };
}

function lineOf({ number, atMs, operation, fault }: Step, about: string): string {
  const at = `+${((atMs - START_MS) / 1000).toFixed(3)} s`;
  const befell = fault === undefined ? '' : `  ← ${fault.kind} (${fault.ms / 1000} s)`;
  const what = `${operation.name} ${about}`.slice(0, LONGEST);
  return `${String(number).padStart(5)} ${at.padStart(12)}  ${operation.process.name.padEnd(14)} ${what}${befell}`;
}
