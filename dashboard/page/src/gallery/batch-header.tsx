import { useState } from 'preact/hooks';
import type { BatchSummary } from '../../../api/batch.ts';
import type { ControlResult } from '../../../api/work.ts';
import { requestJson, wordsOf } from '../lib/api.ts';
import { copyText } from '../lib/copy.ts';
import { counted, plural } from '../lib/format.ts';
import { say } from '../lib/say.ts';
import { commandFor } from '../lib/stage.ts';
import { BatchBar, BatchFacts, Waits } from '../parts/batch-bar.tsx';
import { Confirm, type Question } from '../parts/confirm.tsx';
import { RejectedDialog } from './rejected-dialog.tsx';

/** Name, progress and buttons of a batch. */
export function BatchHeader({ summary }: { readonly summary: BatchSummary }) {
  return (
    <header class="batch-header">
      <div class="row">
        <h1 class="cut" title={summary.name}>
          <bdi>{summary.name}</bdi>
        </h1>
        <button
          type="button"
          class="plain mono id"
          title="Copy the id"
          onClick={() => copyText(summary.batch, 'Copied the id.')}
        >
          {shortId(summary.batch)}
        </button>
        <BatchButtons summary={summary} />
      </div>
      <BatchBar summary={summary} />
      <BatchFacts summary={summary} />
      <Waits waits={summary.waits} />
      {summary.problem !== undefined && <p class="problem">{summary.problem}</p>}
    </header>
  );
}

/** `postcards-ff76…8c91`. */
export function shortId(id: string): string {
  return id.length > 28 ? `${id.slice(0, 18)}…${id.slice(-4)}` : id;
}

export function BatchButtons({ summary }: { readonly summary: BatchSummary }) {
  const [question, setQuestion] = useState<Question | undefined>();
  const [rejected, setRejected] = useState(false);
  const { batch, state, items, waits } = summary;
  const path = `/api/v1/batches/${batch}`;
  const isOpen = ['ingesting', 'running', 'paused'].includes(state);
  const canResume = waits.some(({ resume, kind }) => resume !== undefined || kind === 'nobody');

  async function act(action: 'pause' | 'resume'): Promise<void> {
    try {
      const { text } = await requestJson<ControlResult>('POST', `${path}/${action}`, {});
      say(text);
    } catch (error) {
      say(wordsOf(error));
    }
  }

  function choose(does: string): void {
    if (does === 'cancel') setQuestion(cancelQuestion(summary));
    else if (does === 'retry') setQuestion(retryQuestion(summary, items.failed, {}));
    else if (does === 'retry-cancelled')
      setQuestion(retryQuestion(summary, items.cancelled, { only: 'cancelled' }));
    else if (does === 'replay') setQuestion(replayQuestion(summary));
    else if (does === 'rejected') setRejected(true);
    else void copyText(commandFor(`${does} ${batch}`), `Copied: ${commandFor(`${does} ${batch}`)}`);
  }

  return (
    <div class="row end buttons">
      {isOpen && !canResume && (
        <button type="button" onClick={() => void act('pause')}>
          Pause
        </button>
      )}
      {isOpen && canResume && (
        <button type="button" class="primary" onClick={() => void act('resume')}>
          Resume
        </button>
      )}
      {items.failed > 0 && (
        <button
          type="button"
          class="wide"
          onClick={() => setQuestion(retryQuestion(summary, items.failed, {}))}
        >
          Retry failed ({counted(items.failed)})
        </button>
      )}
      <select
        aria-label="More"
        class="more"
        value=""
        onChange={(event) => {
          choose(event.currentTarget.value);
          event.currentTarget.value = '';
        }}
      >
        <option value="">More…</option>
        {isOpen && <option value="cancel">Cancel the rest…</option>}
        {items.failed > 0 && <option value="retry">Retry failed ({items.failed})…</option>}
        {items.failed > 0 && <option value="replay">Read saved responses again…</option>}
        {items.cancelled > 0 && (
          <option value="retry-cancelled">Generate cancelled ({items.cancelled})…</option>
        )}
        {summary.rejected > 0 && <option value="rejected">Rejected rows ({summary.rejected})…</option>}
        <option value="download">Copy the command to download</option>
        <option value="contact-sheet">Copy the command for a contact sheet</option>
        <option value="open">Copy the command to open the folder</option>
      </select>
      {question !== undefined && <Confirm question={question} onClose={() => setQuestion(undefined)} />}
      {rejected && <RejectedDialog batch={batch} onClose={() => setRejected(false)} />}
    </div>
  );
}

function cancelQuestion({ batch, name }: BatchSummary): Question {
  return {
    title: `Cancel the rest of ${name}?`,
    path: `/api/v1/batches/${batch}/cancel`,
    body: {},
    verb: 'Cancel images:',
    keep: 'Keep going',
  };
}

function replayQuestion({ batch, name }: BatchSummary): Question {
  return {
    title: `Read the saved responses of ${name} again?`,
    path: `/api/v1/batches/${batch}/replay`,
    body: {},
    verb: 'Read again:',
    keep: 'Not now',
  };
}

export function retryQuestion(
  { batch, name }: BatchSummary,
  items: number,
  body: Readonly<Record<string, unknown>>,
): Question {
  return {
    title: `Retry ${plural(items, 'image')} of ${name}?`,
    path: `/api/v1/batches/${batch}/retry`,
    body,
    verb: 'Retry',
    keep: 'Not now',
  };
}
