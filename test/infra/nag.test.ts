import { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { ACKNOWLEDGED, acknowledgeFindings } from '../../infra/acknowledged.ts';
import { PressrunStack } from '../../infra/pressrun-stack.ts';
import type { ConfigurationFile } from '../../shared/domain/configuration/configuration-file.ts';
import { WHOLE } from './support/stack.ts';

describe('cdk-nag', () => {
  test.each([
    ['dev', {}],
    ['dev', WHOLE],
    ['prod', {}],
  ])('finds nothing in %s %j that was not looked into', (stage, file) => {
    const { app, stack } = stackOf(stage, file);
    acknowledgeFindings(stack.pressrun);

    const findings = [new AwsSolutionsChecks(app), new ServerlessChecks(app)].flatMap(
      (pack) => pack.validateScope(app).violations,
    );

    expect(findings.map(({ ruleName, description }) => `${ruleName}: ${description}`)).toEqual([]);
  });

  test('is acknowledged at most ten times, each time one finding with its reason', () => {
    expect(ACKNOWLEDGED.length).toBeLessThanOrEqual(10);
    for (const { finding, reason } of ACKNOWLEDGED) {
      const id = finding instanceof RegExp ? finding.source.replaceAll(/[\\^]/g, '') : finding;
      expect(id).toMatch(/^(AwsSolutions|Serverless)-\w+(\[.+\])?\$?$/);
      expect(reason.length).toBeGreaterThan(30);
    }
  });

  test('would find each acknowledged finding, were it not acknowledged', () => {
    const found = [{}, WHOLE]
      .map((file) => stackOf('dev', file).app)
      .flatMap((app) =>
        [new AwsSolutionsChecks(app), new ServerlessChecks(app)].flatMap(
          (pack) => pack.validateScope(app).violations,
        ),
      )
      .map(({ ruleName }) => ruleName);

    const covers = ({ finding }: (typeof ACKNOWLEDGED)[number], id: string) =>
      finding instanceof RegExp ? finding.test(id) : finding === id;
    for (const each of ACKNOWLEDGED) expect(found.some((id) => covers(each, id))).toBe(true);
    expect(found.filter((id) => !ACKNOWLEDGED.some((each) => covers(each, id)))).toEqual([]);
  });
});

function stackOf(
  stage: string,
  file: ConfigurationFile,
): { readonly app: App; readonly stack: PressrunStack } {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  return { app, stack: new PressrunStack(app, stage, file) };
}
