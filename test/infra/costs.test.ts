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

  test('has no polls of its queues if it rests, and says so to the command; nothing else changes', () => {
    const rests = templateOf('dev', { stages: { dev: { polling: false } } });
    const enabled = (template: StackTemplate) =>
      template.ofType('AWS::Lambda::EventSourceMapping').map(({ Properties }) => Properties.Enabled);
    const record = (template: StackTemplate) =>
      JSON.stringify(template.ofType('AWS::SSM::Parameter').map(({ Properties }) => Properties.Value));

    expect(enabled(templateOf('dev'))).toEqual([true, true]);
    expect(enabled(rests)).toEqual([false, false]);
    expect(record(rests)).toContain('\\"polling\\":false');
    expect(record(templateOf('dev'))).not.toContain('polling');
    expect([...rests.resources.keys()]).toEqual([...templateOf('dev').resources.keys()]);
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
