import { answerCost, type CostAnswer } from '../../shared/pipeline/cost-answer.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';

/** Answers the cost question `{from, to, by, tz, format}`; callers are let in by IAM alone. */
export function createHandler(effects: Pick<Effects, 'table' | 'store' | 'clock' | 'prices' | 'log'>) {
  return async (question: unknown): Promise<CostAnswer> => {
    const answer = await answerCost(effects, question);
    effects.log.info('cost question', { answer: answer.kind });
    return answer;
  };
}
