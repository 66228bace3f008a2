import { useEffect, useState } from 'preact/hooks';
import type { PlanAnswer } from '../../../api/work.ts';
import { requestJson, wordsOf } from './api.ts';
import { go } from './route.ts';
import { say } from './say.ts';

const PLAN_AFTER_MS = 300;

/** The plan of a request once it has rested; none while it changes, so that no button runs a plan of other options. */
export function usePlan(path: string, request: string) {
  const [plan, setPlan] = useState<PlanAnswer | undefined>();
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    setPlan(undefined);
    if (request === '') return;
    let isPast = false;
    const timer = window.setTimeout(() => {
      requestJson<PlanAnswer>('POST', path, JSON.parse(request)).then(
        (planned) => {
          if (isPast) return;
          setPlan(planned);
          setProblem('');
        },
        (error: unknown) => {
          if (!isPast) setProblem(wordsOf(error));
        },
      );
    }, PLAN_AFTER_MS);
    return () => {
      isPast = true;
      window.clearTimeout(timer);
    };
  }, [path, request]);

  /** Runs the plan that is shown, and opens its batch. */
  async function run(budget: string, onStarted: () => void): Promise<void> {
    if (plan === undefined) return;
    setBusy(true);
    try {
      const { planId } = plan;
      const started = await requestJson<Started>('POST', '/api/v1/runs', { planId, budget });
      if (started.note !== null) say(started.note);
      onStarted();
      go(`/b/${started.batch}`);
    } catch (error) {
      setProblem(wordsOf(error));
      setBusy(false);
    }
  }

  return { plan, problem, isBusy, run };
}

interface Started {
  readonly batch: string;
  readonly note: string | null;
}
