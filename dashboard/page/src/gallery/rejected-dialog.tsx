import { useAnswer } from '../lib/answer.ts';
import { wordsOf } from '../lib/api.ts';
import { visibleText } from '../lib/format.ts';
import { Dialog } from '../parts/dialog.tsx';
import { RejectedTable, type RejectedTableLine } from '../parts/rejected-table.tsx';

/** The rows of the file that asked for nothing that can be generated, with why. */
export function RejectedDialog({ batch, onClose }: { readonly batch: string; readonly onClose: () => void }) {
  const { value, problem } = useAnswer<{ lines: RejectedTableLine[] }>(`/api/v1/batches/${batch}/rejected`);
  return (
    <Dialog title="Rejected rows" onClose={onClose}>
      <p class="dim">They cost nothing. Fix them in the file, then drop it again: only they are generated.</p>
      {problem !== undefined && <p class="problem">{visibleText(wordsOf(problem))}</p>}
      <RejectedTable lines={value?.lines ?? []} />
      <div class="row">
        <button type="button" class="end" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
