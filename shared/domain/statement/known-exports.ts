import { separatorlessName } from '../canonical-name.ts';

/** Columns as you name them; `none` is a day or model that the statement does not tell apart. */
export interface GivenColumns {
  readonly day?: string;
  readonly model?: string;
  readonly credits?: string;
  readonly usd?: string;
}

interface KnownExport {
  /** The columns that tell it from others. */
  readonly signs: readonly string[];
  readonly columns: GivenColumns;
}

/** Exports whose columns no guess would find: OpenRouter's activity (of calls, of days), OpenAI's costs. */
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

/** The columns of an export that is known by its header; none if it isn't. */
export function columnsOfKnownExport(header: readonly string[]): GivenColumns {
  const names = new Set(header.map(separatorlessName));
  return KNOWN.find(({ signs }) => signs.every((sign) => names.has(separatorlessName(sign))))?.columns ?? {};
}
