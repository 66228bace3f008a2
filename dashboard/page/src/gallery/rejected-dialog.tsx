import { useEffect, useState } from 'preact/hooks';
import { getJson, wordsOf } from '../lib/api.ts';
import { visibleText } from '../lib/format.ts';
import { Dialog } from '../parts/dialog.tsx';
import { RejectedTable, type RejectedTableLine } from '../parts/rejected-table.tsx';

/** The rows of the file that asked for nothing that can be generated, with why. */
export function RejectedDialog({ batch, onClose }: { readonly batch: string; readonly onClose: () => void }) {
  const [lines, setLines] = useState<readonly RejectedTableLine[]>([]);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    getJson<{ lines: RejectedTableLine[] }>(`/api/v1/batches/${batch}/rejected`).then(
      (answer) => setLines(answer.lines),
      (error: unknown) => setProblem(wordsOf(error)),
    );
  }, [batch]);
  return (
    <Dialog title="Rejected rows" onClose={onClose}>
      <p class="dim">They cost nothing. Fix them in the file, then drop it again: only they are generated.</p>
      {problem !== '' && <p class="problem">{visibleText(problem)}</p>}
      <RejectedTable lines={lines} />
      <div class="row">
        <button type="button" class="end" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
