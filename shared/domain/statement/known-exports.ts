import { separatorlessName } from '../canonical-name.ts';

/** Columns that you name; `none`: not in the statement. */
export interface GivenColumns {
  readonly day?: string;
  readonly model?: string;
  readonly credits?: string;
  readonly usd?: string;
}

interface KnownExport {
  /** The columns that identify it. */
  readonly signs: readonly string[];
  readonly columns: GivenColumns;
}

/** Exports that no guess would find: OpenRouter's activity (calls, days), OpenAI's costs. */
const KNOWN: readonly KnownExport[] = [
  {
    signs: ['generation_id', 'cost_total', 'model_permaslug'],
    columns: { day: 'created_at', model: 'model_permaslug', usd: 'cost_total' },
  },
  {
    signs: ['date', 'model_permaslug', 'usage', 'requests'],
    columns: { day: 'date', model: 'model_permaslug', usd: 'usage' },
  },
  {
    signs: ['start_time_iso', 'amount_value', 'amount_currency', 'line_item'],
    columns: { day: 'start_time_iso', model: 'line_item', usd: 'amount_value' },
  },
];

/** A known export's columns, by its header. */
export function columnsOfKnownExport(header: readonly string[]): GivenColumns {
  const names = new Set(header.map(separatorlessName));
  return KNOWN.find(({ signs }) => signs.every((sign) => names.has(separatorlessName(sign))))?.columns ?? {};
}
