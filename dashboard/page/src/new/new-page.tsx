import { useEffect, useState } from 'preact/hooks';
import type { PlanAnswer } from '../../../api/work.ts';
import { bytes, counted, credits, visibleText } from '../lib/format.ts';
import { usePlan } from '../lib/plan.ts';
import { BudgetField, PlanPrice, runLabel } from '../parts/plan-price.tsx';
import { RejectedTable } from '../parts/rejected-table.tsx';
import { SettingFields, type Settings } from '../parts/setting-fields.tsx';
import { dropped, takeFile } from './dropped.ts';

/** A file of prompts: how it is read, what it would cost, and the button that runs it. */
export function NewPage() {
  const [options, setOptions] = useState<Settings>({});
  const file = dropped.value;
  useEffect(() => {
    document.title = 'New · pressrun';
  }, []);
  const request = file === undefined ? '' : JSON.stringify({ file: file.file, options });
  const planned = usePlan('/api/v1/plans', request);
  const { plan, problem } = planned;
  return (
    <main class="scrolls">
      <div class="sheet new">
        <h1>New batch</h1>
        <section class="panel stack">
          <h2>1 File</h2>
          {file === undefined ? (
            <p>
              Drop an Excel, CSV, TSV, or JSONL file anywhere on the page. One row is one request; a prompt
              column is enough.
            </p>
          ) : (
            <p>
              <b>
                <bdi>{visibleText(file.name)}</bdi>
              </b>{' '}
              · {bytes(file.bytes)}
              {plan !== undefined && ` · ${plan.format}`}
            </p>
          )}
          <label class="button choose">
            {file === undefined ? 'Choose a file' : 'Other file'}
            <input
              type="file"
              class="hidden"
              accept=".csv,.tsv,.txt,.jsonl,.ndjson,.json,.xlsx,.gz"
              onChange={(event) => {
                const chosen = event.currentTarget.files?.[0];
                if (chosen !== undefined) void takeFile(chosen);
              }}
            />
          </label>
        </section>
        {problem !== '' && (
          <p class="problem" role="alert">
            {visibleText(problem)}
          </p>
        )}
        {file !== undefined && (
          <>
            {plan !== undefined && <Read plan={plan} />}
            <section class="panel stack">
              <h2>3 Plan</h2>
              <SettingFields settings={options} onChange={setOptions} />
              <OptionFields options={options} onChange={setOptions} />
              <PlanPrice plan={plan} />
              {plan !== undefined && plan.rejectedLines.length > 0 && (
                <RejectedTable lines={plan.rejectedLines} />
              )}
            </section>
            {plan !== undefined && <Look plan={plan} />}
            <Go {...planned} />
          </>
        )}
      </div>
    </main>
  );
}

function Read({ plan }: { readonly plan: PlanAnswer }) {
  const unused = plan.columns.filter(({ used }) => !used);
  return (
    <section class="panel stack">
      <h2>2 Read</h2>
      <ul class="columns-read">
        {plan.columns.map(({ name, meaning, used }) => (
          <li key={name} class={used ? '' : 'unused'}>
            <b>{visibleText(name)}</b>{' '}
            <span class="dim">
              {meaning !== null ? `→ ${meaning} ✓` : used ? `yours, {{${name}}} ✓` : 'not used'}
            </span>
          </li>
        ))}
      </ul>
      {unused.length > 0 && (
        <p class="notice">
          {unused.map(({ name }) => visibleText(name)).join(', ')}{' '}
          {unused.length === 1
            ? 'changes no image. Use {{column}} in a prompt or template, or leave it: the manifest keeps it.'
            : 'change no image. Use {{column}} in a prompt or template, or leave them: the manifest keeps them.'}
        </p>
      )}
    </section>
  );
}

function OptionFields({ options, onChange }: { options: Settings; onChange: (options: Settings) => void }) {
  const set = (name: string, value: string) => onChange({ ...options, [name]: value });
  const text = (name: string, label: string, placeholder = '') => (
    <label class="field grow">
      {label}
      <input
        type="text"
        placeholder={placeholder}
        value={options[name] ?? ''}
        onInput={(event) => set(name, event.currentTarget.value)}
      />
    </label>
  );
  return (
    <details>
      <summary>More options</summary>
      <div class="fields">
        {text('template', 'Template', 'A sign that says {{name}}')}
        {text('name', 'Name of the batch')}
        {text('tags', 'Tags', 'campaign=spring;team=print')}
        {text('system', 'System message')}
        {text('sheet', 'Sheet of a workbook')}
      </div>
    </details>
  );
}

function Look({ plan }: { readonly plan: PlanAnswer }) {
  if (plan.samples.length === 0) return null;
  return (
    <section class="panel stack">
      <h2>4 Look</h2>
      <ul class="samples">
        {plan.samples.map(({ row, variant, name, prompt, settings }) => (
          <li key={`${row}/${variant}`} class="stack">
            <p class="words">{visibleText(prompt)}</p>
            <p class="dim small">
              row {row} · <bdi>{visibleText(name)}</bdi> · {Object.values(settings).join(' · ')}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The button says number and price. Above the limit for approval, the number is typed first. */
function Go({ plan, isBusy, run }: ReturnType<typeof usePlan>) {
  const [budget, setBudget] = useState('');
  const [typed, setTyped] = useState('');
  const expected = plan?.credits.expectedMicro ?? null;
  const isLarge =
    plan !== undefined && plan.items.pending > 0 && (expected === null || expected > plan.approveAboveMicro);
  const isApproved = !isLarge || typed.replaceAll(',', '') === String(plan?.items.pending);

  const onStarted = () => {
    dropped.value = undefined;
  };
  return (
    <section class="panel stack go">
      <h2>5 Run</h2>
      <div class="fields">
        <BudgetField budget={budget} onChange={setBudget} />
        {isLarge && plan !== undefined && (
          <label class="field">
            More than {credits(plan.approveAboveMicro)} credits: type {counted(plan.items.pending)} to approve
            <input type="text" value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
          </label>
        )}
        <button
          type="button"
          class="primary"
          disabled={plan === undefined || isBusy || !isApproved}
          onClick={() => void run(budget, onStarted)}
        >
          {runLabel(plan, ({ items: { reused } }) => `Nothing to generate · open ${counted(reused)} images`)}
        </button>
      </div>
    </section>
  );
}
