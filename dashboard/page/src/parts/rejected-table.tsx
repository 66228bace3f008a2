import { visibleText } from '../lib/format.ts';

export interface RejectedTableLine {
  readonly row: number;
  readonly line: number;
  readonly column?: string | undefined;
  readonly reason: string;
}

export function RejectedTable({ lines }: { readonly lines: readonly RejectedTableLine[] }) {
  return (
    <div class="table-scroll">
      <table>
        <thead>
          <tr>
            <th class="number">Line</th>
            <th>Column</th>
            <th>Reason</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ row, line, column, reason }) => (
            <tr key={row}>
              <td class="number">{line}</td>
              <td>{column ?? '–'}</td>
              <td>{visibleText(reason)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
