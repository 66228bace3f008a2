import type { Plan } from './plan.ts';

/** A plan as `plan --json` prints it: the batch part has the fields that `run` ends with; unknown figures are null. */
export function planJson(plan: Plan) {
  const { items, changed, gone, rejected, credits, models, seconds, callsAtOnce, limits, budgets } = plan;
  return {
    batch: null,
    state: 'planned',
    items: { done: 0, reused: items.reused, failed: 0, cancelled: 0, pending: items.new + items.changed },
    rejected: rejected.length,
    creditsMicro: 0,
    creditsMaxUnknownMicro: 0,
    images: [],
    failures: [],
    credits: nulled(credits),
    models: models.map(nulled),
    seconds: seconds ?? null,
    callsAtOnce,
    limits,
    budgets: budgets.map(nulled),
    changed,
    gone,
    rejectedLines: rejected,
  };
}

function nulled<Fields extends object>(fields: Fields) {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, value ?? null]));
}
