import { useEffect, useState } from 'preact/hooks';
import type { ItemDetail } from '../../../api/batch.ts';
import { getJson } from '../lib/api.ts';
import { counted, plural } from '../lib/format.ts';
import { usePlan } from '../lib/plan.ts';
import { commandFor, stageSignal } from '../lib/stage.ts';
import { Command } from '../parts/command.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { BudgetField, PlanPrice, runLabel } from '../parts/plan-price.tsx';
import { SettingFields, type Settings } from '../parts/setting-fields.tsx';

interface PromoteProps {
  readonly batch: string;
  readonly name: string;
  readonly items: 'picked' | readonly { readonly row: number; readonly variant: number }[];
  /** Whether the prompt is what is to be changed. */
  readonly edits: boolean;
  readonly onClose: () => void;
}

/** Generates chosen images again, with other settings or another prompt: the price first; opening it sends nothing. */
export function PromoteDialog({ batch, name, items, edits, onClose }: PromoteProps) {
  const [settings, setSettings] = useState<Settings>({});
  const [prompt, setPrompt] = useState('');
  const [fromDraft, setFromDraft] = useState(false);
  const [budget, setBudget] = useState('');
  useOwnPrompt(batch, edits ? items : [], setPrompt);
  const request = JSON.stringify({ batch, items, settings, fromDraft, ...(prompt === '' ? {} : { prompt }) });
  const { plan, problem, isBusy, run } = usePlan('/api/v1/promotions', request);
  const title = edits
    ? `Change and retry: ${name}`
    : `Promote ${items === 'picked' ? 'the picks' : plural(items.length, 'image')} of ${name}`;
  return (
    <Dialog title={title} onClose={onClose}>
      <SettingFields settings={settings} same onChange={setSettings} />
      <label class="field">
        Prompt (empty: as before; {'{{column}}'} is filled in)
        <textarea rows={3} value={prompt} onInput={(event) => setPrompt(event.currentTarget.value)} />
      </label>
      {!edits && (
        <label class="check">
          <input
            type="checkbox"
            checked={fromDraft}
            onChange={(event) => setFromDraft(event.currentTarget.checked)}
          />
          Send the picked image along as a reference
        </label>
      )}
      <PlanPrice plan={plan} />
      <BudgetField budget={budget} onChange={setBudget} />
      {problem !== '' && <p class="problem">{problem}</p>}
      {items === 'picked' && prompt === '' && <Command text={commandOf(batch, settings, fromDraft)} />}
      <div class="row">
        <button type="button" class="end" onClick={onClose}>
          Not now
        </button>
        <button
          type="button"
          class="primary"
          disabled={isBusy || plan === undefined || plan.items.pending === 0}
          onClick={() => void run(budget, onClose)}
        >
          {runLabel(plan, ({ items: { reused } }) => `All ${counted(reused)} exist`)}
        </button>
      </div>
    </Dialog>
  );
}

/** One image is retried with a prompt that begins as its own. */
function useOwnPrompt(
  batch: string,
  items: PromoteProps['items'],
  setPrompt: (prompt: string) => void,
): void {
  const only = items === 'picked' || items.length !== 1 ? undefined : items[0];
  const path = only && `/api/v1/batches/${batch}/items/${only.row}/${only.variant}`;
  useEffect(() => {
    if (path === undefined) return;
    getJson<ItemDetail>(path).then(
      ({ prompt }) => setPrompt(prompt),
      () => undefined,
    );
  }, [path, setPrompt]);
}

function commandOf(batch: string, settings: Settings, fromDraft: boolean): string {
  const flags = Object.entries(settings).map(([flag, value]) => (value === '' ? '' : ` --${flag} ${value}`));
  void stageSignal.value;
  return commandFor(`promote ${batch} --picked${fromDraft ? ' --from-draft' : ''}${flags.join('')}`);
}
