import type { Effects } from '../../shared/pipeline/effects.ts';
import { writeDailyReports } from '../../shared/pipeline/money/daily-report.ts';
import {
  answerReport,
  type ReportAnswer,
  type ReportEffects,
} from '../../shared/pipeline/plan/answer-report.ts';

/** Comes once a day, after midnight UTC. */
export const DAILY = { daily: true } as const;

type DailyReports = { readonly kind: 'daily'; readonly days: readonly string[] };

/** Answers a question about costs; IAM admits callers. For `{daily: true}`, writes the daily reports. */
export function createHandler(effects: ReportEffects & Pick<Effects, 'log'>) {
  return async (question: unknown): Promise<ReportAnswer | DailyReports> => {
    if (isDaily(question)) {
      const days = await writeDailyReports(effects);
      if (days.length > 0) effects.log.info('daily reports', { days: days.join(' ') });
      return { kind: 'daily', days };
    }
    const answer = await answerReport(effects, question);
    effects.log.info('cost question', { answer: answer.kind });
    return answer;
  };
}

function isDaily(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'daily' in event && event.daily === DAILY.daily;
}
