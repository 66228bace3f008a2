import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type StackTemplate, templateOf, WHOLE } from './support/stack.ts';

describe('the price of an idle stage', () => {
  test('are five metrics of alarms, or 23 with all alarms: bench/costs counts the same', () => {
    expect(alarmMetrics(templateOf('dev'))).toBe(5);
    expect(alarmMetrics(templateOf('dev', WHOLE))).toBe(23);
    expect(readFileSync(new URL('../../bench/costs/costs.ts', import.meta.url), 'utf8')).toContain(
      'const ALARMS = { few: 5, all: 23 };',
    );
  });

  test.each(['AWS::CloudWatch::Dashboard', 'AWS::KMS::Key', 'AWS::SecretsManager::Secret'])(
    'has no %s unless a setting says so',
    (type) => {
      expect(templateOf('dev').ofType(type)).toEqual([]);
      expect(templateOf('dev', WHOLE).ofType(type)).toHaveLength(1);
    },
  );

  test('traces nothing unless configured', () => {
    const traced = (template: StackTemplate) =>
      template.ofType('AWS::Lambda::Function').filter(({ Properties }) => Properties.TracingConfig).length;

    expect(traced(templateOf('dev'))).toBe(0);
    expect(traced(templateOf('dev', WHOLE))).toBe(5);
  });
});

/** CloudWatch asks a price for each metric that an alarm reads. */
function alarmMetrics(template: StackTemplate): number {
  return template.ofType('AWS::CloudWatch::Alarm').reduce((sum, { Properties }) => {
    const { Metrics } = Properties;
    return sum + (Array.isArray(Metrics) ? Metrics.filter(({ MetricStat }) => MetricStat).length : 1);
  }, 0);
}
