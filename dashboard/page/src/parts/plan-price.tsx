import type { Credits, PlanAnswer } from '../../../api/work.ts';
import { counted, credits, dollars, duration } from '../lib/format.ts';
import { usdPerCredit } from '../lib/stage.ts';

const VERDICTS = {
  fits: 'fits',
  'may-stop': 'may stop it',
  stops: 'will stop it',
  unknown: 'unknown',
} as const;

/** What a plan comes to: images, credits with their dollars, time, and budgets that may stop it. */
export function PlanPrice({ plan }: { readonly plan: PlanAnswer | undefined }) {
  if (plan === undefined) return <p class="dim plan-price">Planning…</p>;
  const { items, rejected, budgets, seconds } = plan;
  return (
    <div class="stack plan-price">
      <p class="facts">
        <span>
          <b>{counted(items.pending)}</b> new
        </span>
        <span>
          <b>{counted(items.reused)}</b> reused
        </span>
        {rejected > 0 && (
          <span>
            <b>{counted(rejected)}</b> rejected
          </span>
        )}
        {seconds !== null && items.pending > 0 && <span>about {duration(seconds)}</span>}
      </p>
      {items.pending > 0 && <Expected credits={plan.credits} />}
      {budgets.map(({ scope, verdict, availableMicro, limitMicro }) => (
        <p key={scope} class={verdict === 'fits' ? 'dim' : 'notice'}>
          Budget {scope.startsWith('batch:') ? 'of this batch' : scope}: {VERDICTS[verdict]} (
          {credits(availableMicro)} of {credits(limitMicro)} left)
        </p>
      ))}
    </div>
  );
}

/** Credits with their dollars, and between what they may come to lie. */
export function Expected({ credits: { lowMicro, expectedMicro, highMicro } }: { readonly credits: Credits }) {
  return (
    <p>
      Expected <b>{expectedMicro === null ? 'unknown' : `${credits(expectedMicro)} credits`}</b>{' '}
      {expectedMicro !== null && dollars(expectedMicro, usdPerCredit())}
      {lowMicro !== null && highMicro !== null && (
        <span class="dim">
          {' '}
          (low {credits(lowMicro)} · high {credits(highMicro)})
        </span>
      )}
    </p>
  );
}

interface BudgetFieldProps {
  readonly budget: string;
  readonly onChange: (budget: string) => void;
}

export function BudgetField({ budget, onChange }: BudgetFieldProps) {
  return (
    <label class="field">
      Budget in credits (empty: none)
      <input
        type="text"
        inputMode="decimal"
        value={budget}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}

/** Dollars, or credits where models are served at several rates. */
export function shortPrice(micro: number): string {
  return dollars(micro, usdPerCredit()).slice(2) || `${credits(micro)} credits`;
}

/** The button says number and price, or why there is nothing to run. */
export function runLabel(plan: PlanAnswer | undefined, nothing: (plan: PlanAnswer) => string): string {
  if (plan === undefined) return 'Planning…';
  if (plan.items.pending === 0) return nothing(plan);
  const { expectedMicro } = plan.credits;
  const price = expectedMicro === null ? 'price unknown' : `about ${shortPrice(expectedMicro)}`;
  return `Generate ${counted(plan.items.pending)} · ${price}`;
}
