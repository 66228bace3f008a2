import { useEffect } from 'preact/hooks';
import { useAnswer } from '../lib/answer.ts';
import { wordsOf } from '../lib/api.ts';
import { address } from '../lib/route.ts';
import { commandFor } from '../lib/stage.ts';
import { Command } from '../parts/command.tsx';
import { FailurePanel } from '../parts/failure-panel.tsx';
import { Budgets } from './budgets.tsx';
import type { Cost } from './cost-chart.ts';
import { CostControls } from './cost-controls.tsx';
import { ReconciliationPanel } from './reconciliation.tsx';
import { Statement } from './statement.tsx';

/** What was spent: the same numbers as `cost --json`. */
export default function CostPage() {
  const { query } = address.value;
  const { last = '7d', by = 'model', tz = 'UTC', where = '' } = query;
  const question = new URLSearchParams({
    last,
    by: `day,${by}`,
    tz,
    ...(where !== '' && { where }),
  }).toString();
  const { value: cost, problem } = useAnswer<Cost>(`/api/v1/cost?${question}`);
  useEffect(() => {
    document.title = 'Cost · pressrun';
  }, []);
  if (problem !== undefined && cost === undefined && where === '') return <FailurePanel error={problem} />;
  const flags = `${tz === 'UTC' ? '' : ` --tz ${tz}`}${where === '' ? '' : ` --where '${where}'`}`;
  return (
    <main class="scrolls">
      <div class="sheet">
        <h1 class="hidden">Cost</h1>
        <section class="panel stack">
          <CostControls {...{ last, by, tz, where }} csv={`/api/v1/cost.csv?${question}`} />
          {problem !== undefined && (
            <p class="problem" role="alert">
              {wordsOf(problem)}
            </p>
          )}
          {cost !== undefined && problem === undefined && <Statement cost={cost} by={cost.by.at(-1) ?? by} />}
          <Command text={commandFor(`cost --last ${last} --by day,${by}${flags}`)} />
        </section>
        <Budgets />
        <ReconciliationPanel tz={tz} />
      </div>
    </main>
  );
}
