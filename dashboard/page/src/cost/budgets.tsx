import { useAnswer } from '../lib/answer.ts';
import { wordsOf } from '../lib/api.ts';
import { credits } from '../lib/format.ts';
import { commandFor } from '../lib/stage.ts';
import { Command } from '../parts/command.tsx';

interface Budget {
  readonly scope: string;
  readonly account: string;
  readonly limitMicro: number;
  readonly spentMicro: number;
  readonly heldMicro: number;
  readonly availableMicro: number;
  readonly state: string;
}

/** What may be spent at most, what is spent, and what is reserved for calls in progress. */
export function Budgets() {
  const { value, problem } = useAnswer<{ budgets: Budget[] }>('/api/v1/budgets');
  const budgets = value?.budgets;
  if (budgets === undefined && problem === undefined) return null;
  return (
    <section class="panel stack">
      <h2>Budgets</h2>
      {problem !== undefined && <p class="problem">{wordsOf(problem)}</p>}
      {budgets?.length === 0 && <p class="dim">No budgets. Set one: a run pauses before it exceeds it.</p>}
      {budgets?.map((budget) => (
        <BudgetBar key={budget.account} budget={budget} />
      ))}
      <Command text={commandFor('budget set day 5000')} />
    </section>
  );
}

function BudgetBar({ budget }: { readonly budget: Budget }) {
  const { account, scope, limitMicro, spentMicro, heldMicro, availableMicro } = budget;
  const forecast = forecastMicro(budget);
  return (
    <div class="budget-bar">
      <b class="cut" title={account}>
        {account}
      </b>
      <div
        class="bar"
        role="img"
        aria-label={`${credits(spentMicro)} of ${credits(limitMicro)} credits spent`}
      >
        {spentMicro > 0 && <span class="spent" style={{ flex: spentMicro }} />}
        {heldMicro > 0 && <span class="held" style={{ flex: heldMicro }} />}
        {availableMicro > 0 && <span style={{ flex: availableMicro }} />}
      </div>
      <span>
        {credits(spentMicro)} spent{heldMicro > 0 && ` + ${credits(heldMicro)} reserved`} of{' '}
        {credits(limitMicro)}
        {forecast !== undefined && ' · '}
        {forecast !== undefined && (
          <span class={forecast > limitMicro ? 'over' : 'dim'}>
            forecast {credits(forecast)} by the end of the {scope}
          </span>
        )}
      </span>
    </div>
  );
}

/** At the pace so far, what the period will have cost at its end; undefined too early to tell. */
function forecastMicro({ scope, spentMicro }: Budget): number | undefined {
  const now = new Date();
  const start =
    scope === 'day'
      ? Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate())
      : scope === 'month'
        ? Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)
        : undefined;
  if (start === undefined || spentMicro === 0) return undefined;
  const end = scope === 'day' ? start + 86_400_000 : Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
  const share = (now.getTime() - start) / (end - start);
  return share < 0.1 ? undefined : Math.round(spentMicro / share);
}
