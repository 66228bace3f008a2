import { useState } from 'preact/hooks';
import type { ReconciliationAnswer as Reconciled } from '../../../api/stage.ts';
import { requestJson, sendFile, wordsOf } from '../lib/api.ts';
import { exactCredits, plural } from '../lib/format.ts';
import { commandFor } from '../lib/stage.ts';
import { Command } from '../parts/command.tsx';
import { Glyph } from '../parts/glyph.tsx';

/** The ledger beside the provider's statement: the same numbers as `reconcile --json`. */
export function ReconciliationPanel({ tz }: { readonly tz: string }) {
  const [name, setName] = useState('');
  const [reconciled, setReconciled] = useState<Reconciled | undefined>();
  const [problem, setProblem] = useState('');

  async function read(file: File): Promise<void> {
    setName(file.name);
    try {
      const sent = await sendFile<{ file: string }>(
        `/api/v1/files?name=${encodeURIComponent(file.name)}`,
        file,
      );
      setReconciled(
        await requestJson<Reconciled>('POST', '/api/v1/reconciliations', { file: sent.file, tz }),
      );
      setProblem('');
    } catch (error) {
      setReconciled(undefined);
      setProblem(wordsOf(error));
    }
  }

  return (
    <section class="panel stack">
      <h2>Reconciliation</h2>
      <label class="row">
        <span class="dim">Compare with the provider's statement, a CSV by day, month or model:</span>
        <input
          type="file"
          accept=".csv,.tsv,.txt,text/csv"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file !== undefined) void read(file);
          }}
        />
      </label>
      {problem !== '' && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {reconciled !== undefined && <Lines reconciled={reconciled} />}
      <Command text={commandFor(`reconcile ${name === '' ? 'statement.csv' : name}`)} />
    </section>
  );
}

function Lines({ reconciled: { from, to, rows, total, unread } }: { readonly reconciled: Reconciled }) {
  const isSettled = total.verdict !== 'unexplained' && unread.length === 0;
  return (
    <>
      <p aria-live="polite">
        <span class="state">
          <Glyph name={isSettled ? 'ready' : 'failed'} /> {from} to {to}: difference{' '}
          <b>{exactCredits(total.differenceMicro)}</b> credits, {total.verdict}
        </span>
        {unread.length > 0 && ` · ${plural(unread.length, 'line')} could not be read: ${unread[0]?.reason}`}
      </p>
      <div class="table-scroll">
        <table class="reconciled">
          <thead>
            <tr>
              <th>day</th>
              <th>model</th>
              {['ours', 'theirs', 'difference', 'unconfirmed at most'].map((word) => (
                <th key={word} class="number">
                  {word}
                </th>
              ))}
              <th>verdict</th>
            </tr>
          </thead>
          <tbody>
            {[...rows, { day: 'total', model: '', ...total }].map((line) => (
              <tr key={`${line.day} ${line.model}`}>
                <td>{line.day || '(all days)'}</td>
                <td class="cut name">{line.model || (line.day === 'total' ? '' : '(all models)')}</td>
                <td class="number">{exactCredits(line.oursMicro)}</td>
                <td class="number">{exactCredits(line.theirsMicro)}</td>
                <td class="number">{exactCredits(line.differenceMicro)}</td>
                <td class="number">{exactCredits(line.unknownMaxMicro)}</td>
                <td>{line.verdict}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
