import { useEffect, useState } from 'preact/hooks';
import type { ItemDetail } from '../../../api/batch.ts';
import type { PlanAnswer } from '../../../api/work.ts';
import { getJson, requestJson, wordsOf } from '../lib/api.ts';
import { counted, plural } from '../lib/format.ts';
import { go } from '../lib/route.ts';
import { say } from '../lib/say.ts';
import { commandFor, stageSignal } from '../lib/stage.ts';
import { Command } from '../parts/command.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { PlanPrice, runLabel } from '../parts/plan-price.tsx';
import { SettingFields, type Settings } from '../parts/setting-fields.tsx';

interface PromoteProps {
  readonly batch: string;
  readonly name: string;
  readonly items: 'picked' | readonly { readonly row: number; readonly variant: number }[];
  /** Whether the prompt is what is to be changed. */
  readonly edits: boolean;
  readonly onClose: () => void;
}

const PLAN_AFTER_MS = 300;

/** Generates chosen images again, with other settings or another prompt: the price first; opening it sends nothing. */
export function PromoteDialog({ batch, name, items, edits, onClose }: PromoteProps) {
  const [settings, setSettings] = useState<Settings>({});
  const [prompt, setPrompt] = useState('');
  const [fromDraft, setFromDraft] = useState(false);
  const [budget, setBudget] = useState('');
  const [plan, setPlan] = useState<PlanAnswer | undefined>();
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const only = items === 'picked' || items.length !== 1 ? undefined : items[0];

  useEffect(() => {
    if (!edits || only === undefined) return;
    getJson<ItemDetail>(`/api/v1/batches/${batch}/items/${only.row}/${only.variant}`).then(
      (detail) => setPrompt(detail.prompt),
      () => undefined,
    );
  }, [batch, edits, only]);

  const request = JSON.stringify({ batch, items, settings, fromDraft, ...(prompt === '' ? {} : { prompt }) });
  useEffect(() => {
    setPlan(undefined);
    const timer = window.setTimeout(() => {
      requestJson<PlanAnswer>('POST', '/api/v1/promotions', JSON.parse(request)).then(
        (planned) => {
          setPlan(planned);
          setProblem('');
        },
        (error: unknown) => setProblem(wordsOf(error)),
      );
    }, PLAN_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, [request]);

  async function run(): Promise<void> {
    if (plan === undefined) return;
    setBusy(true);
    try {
      const started = await requestJson<{ batch: string; note: string | null }>('POST', '/api/v1/runs', {
        planId: plan.planId,
        budget,
      });
      if (started.note !== null) say(started.note);
      onClose();
      go(`/b/${started.batch}`);
    } catch (error) {
      setProblem(wordsOf(error));
      setBusy(false);
    }
  }

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
      <label class="field budget">
        Budget in credits (empty: none)
        <input
          type="text"
          inputMode="decimal"
          value={budget}
          onInput={(event) => setBudget(event.currentTarget.value)}
        />
      </label>
      {problem !== '' && <p class="problem">{problem}</p>}
      {items === 'picked' && prompt === '' && <Command text={commandOf(batch, settings, fromDraft)} />}
      <div class="row">
        <button type="button" class="end" onClick={onClose}>
          Not now
        </button>
        <button
          type="button"
          class="primary"
          disabled={busy || plan === undefined || plan.items.pending === 0}
          onClick={() => void run()}
        >
          {plan === undefined
            ? 'Planning…'
            : plan.items.pending === 0
              ? `All ${counted(plan.items.reused)} exist`
              : runLabel(plan)}
        </button>
      </div>
    </Dialog>
  );
}

function commandOf(batch: string, settings: Settings, fromDraft: boolean): string {
  const flags = Object.entries(settings).map(([flag, value]) => (value === '' ? '' : ` --${flag} ${value}`));
  void stageSignal.value;
  return commandFor(`promote ${batch} --picked${fromDraft ? ' --from-draft' : ''}${flags.join('')}`);
}
