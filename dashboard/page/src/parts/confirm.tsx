import { useEffect, useState } from 'preact/hooks';
import type { ControlResult } from '../../../api/work.ts';
import { requestJson, wordsOf } from '../lib/api.ts';
import { say } from '../lib/say.ts';
import { Dialog } from './dialog.tsx';
import { Expected, shortPrice } from './plan-price.tsx';

/** Something that is asked about before it is done. */
export interface Question {
  readonly title: string;
  /** Of the API; asked first with `dryRun`. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly verb: string;
  readonly keep: string;
}

/** Says what an action would do and what it would cost, and does it only then. */
export function Confirm({
  question,
  onClose,
}: {
  readonly question: Question;
  readonly onClose: () => void;
}) {
  const [planned, setPlanned] = useState<ControlResult | undefined>();
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const { title, path, body, verb, keep } = question;
  useEffect(() => {
    requestJson<ControlResult>('POST', path, { ...body, dryRun: true }).then(setPlanned, (error: unknown) =>
      setProblem(wordsOf(error)),
    );
  }, [path, body]);

  async function confirm(): Promise<void> {
    setBusy(true);
    try {
      const result = await requestJson<ControlResult>('POST', path, body);
      say(result.text);
      onClose();
    } catch (error) {
      setProblem(wordsOf(error));
      setBusy(false);
    }
  }

  const expected = planned?.credits?.expectedMicro;
  return (
    <Dialog title={title} onClose={onClose}>
      {planned !== undefined && <p>{planned.text}</p>}
      {planned?.credits && <Expected credits={planned.credits} />}
      {problem !== '' && <p class="problem">{problem}</p>}
      <div class="row">
        <button type="button" class="end" onClick={onClose}>
          {keep}
        </button>
        <button
          type="button"
          class="primary"
          disabled={busy || planned === undefined || planned.items === 0}
          onClick={() => void confirm()}
        >
          {verb} {planned?.items ?? ''}
          {expected != null &&
            planned !== undefined &&
            planned.items > 0 &&
            ` · about ${shortPrice(expected)}`}
        </button>
      </div>
    </Dialog>
  );
}
