import { visibleText } from '../lib/format.ts';
import { type Column, DataTable } from './table.tsx';

export interface RejectedTableLine {
  readonly row: number;
  readonly line: number;
  readonly column?: string | undefined;
  readonly reason: string;
}

const COLUMNS: readonly Column<RejectedTableLine>[] = [
  { head: 'Line', kind: 'number', cell: ({ line }) => line },
  { head: 'Column', cell: ({ column }) => column ?? '–' },
  { head: 'Reason', cell: ({ reason }) => visibleText(reason) },
];

export function RejectedTable({ lines }: { readonly lines: readonly RejectedTableLine[] }) {
  return <DataTable columns={COLUMNS} rows={lines} keyOf={({ row }) => row} />;
}
