import { useState } from 'preact/hooks';
import type { ReconciliationAnswer as Reconciled } from '../../../api/stage.ts';
import { requestJson, sendFile, wordsOf } from '../lib/api.ts';
import { exactCredits, plural } from '../lib/format.ts';
import { commandFor } from '../lib/stage.ts';
import { Command } from '../parts/command.tsx';
import { Glyph } from '../parts/glyph.tsx';
import { type Column, DataTable } from '../parts/table.tsx';

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
      <DataTable
        name="reconciled"
        columns={COLUMNS}
        rows={rows}
        keyOf={({ day, model }) => `${day} ${model}`}
        total={{ day: 'total', model: 'all', ...total }}
      />
    </>
  );
}

type Line = Omit<Reconciled['rows'][number], 'causes'>;

function amount(head: string, of: (line: Line) => number): Column<Line> {
  return { head, kind: 'number', cell: (line) => exactCredits(of(line)) };
}

const COLUMNS: readonly Column<Line>[] = [
  { head: 'day', cell: ({ day }) => day || '(all days)' },
  { head: 'model', kind: 'name', cell: ({ model }) => model || '(all models)' },
  amount('ours', ({ oursMicro }) => oursMicro),
  amount('theirs', ({ theirsMicro }) => theirsMicro),
  amount('difference', ({ differenceMicro }) => differenceMicro),
  amount('unconfirmed at most', ({ unknownMaxMicro }) => unknownMaxMicro),
  { head: 'verdict', cell: ({ verdict }) => verdict },
];
