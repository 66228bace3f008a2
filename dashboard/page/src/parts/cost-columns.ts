import { credits, dollars } from '../lib/format.ts';
import { usdPerCredit } from '../lib/stage.ts';
import type { Column } from './table.tsx';

/** What a row cost, in credits and in dollars. */
export function costColumns<Row extends { readonly creditsMicro: number }>(): Column<Row>[] {
  return [
    { head: 'Credits', kind: 'number', cell: ({ creditsMicro }) => credits(creditsMicro) },
    {
      head: '≈ $',
      kind: 'number',
      cell: ({ creditsMicro }) => dollars(creditsMicro, usdPerCredit()).slice(2),
    },
  ];
}
