import type { ComponentChildren } from 'preact';

/** A column: what stands over it, and what it says of a row. */
export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Numbers stand right; a name is cut where it is too long. */
  readonly kind?: 'number' | 'name';
}

interface TableProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string | number;
  /** What the rows come to. */
  readonly total?: Row;
  readonly name?: string;
}

/** On a narrow screen each row is a block that names its values itself. */
export function DataTable<Row>({ columns, rows, keyOf, total, name = '' }: TableProps<Row>) {
  const cells = (row: Row) =>
    columns.map(({ head, cell, kind }) => (
      <td key={head} class={classOf(kind)} data-head={head}>
        {cell(row)}
      </td>
    ));
  return (
    <div class="table-scroll">
      <table class={name}>
        <thead>
          <tr>
            {columns.map(({ head, kind }) => (
              <th key={head} class={kind === 'number' ? 'number' : ''}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>{cells(row)}</tr>
          ))}
        </tbody>
        {total !== undefined && (
          <tfoot>
            <tr>{cells(total)}</tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

function classOf(kind: Column<unknown>['kind']): string {
  return kind === 'name' ? 'cut name' : (kind ?? '');
}
