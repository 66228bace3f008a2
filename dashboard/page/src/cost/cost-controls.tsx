import { useMemo } from 'preact/hooks';
import { COST_DIMENSIONS } from '../../../../shared/domain/money/cost-report.ts';
import { go, withQuery } from '../lib/route.ts';

const WINDOWS = [
  ['7d', '7 days'],
  ['30d', '30 days'],
  ['1m', 'month'],
  ['12m', 'year'],
] as const;
/** All but the lengths of time: the table has a line a day. */
const DIMENSIONS = Object.keys(COST_DIMENSIONS).filter((name) => !['day', 'week', 'month'].includes(name));

interface CostControlsProps {
  readonly last: string;
  readonly by: string;
  readonly tz: string;
  readonly where: string;
  /** Where the same numbers are as CSV. */
  readonly csv: string;
}

/** The question that is asked of the ledger; the address holds it. */
export function CostControls({ last, by, tz, where, csv }: CostControlsProps) {
  const zones = useMemo(
    () => [...new Set(['UTC', Intl.DateTimeFormat().resolvedOptions().timeZone, tz])],
    [tz],
  );
  const set = (changes: Record<string, string>) => go(withQuery(changes), 'replace');
  return (
    <div class="row">
      <fieldset class="segments">
        <legend class="hidden">Window</legend>
        {WINDOWS.map(([value, word]) => (
          <button
            key={value}
            type="button"
            aria-pressed={last === value}
            onClick={() => set({ last: value })}
          >
            {word}
          </button>
        ))}
      </fieldset>
      <Choice label="by day ×" value={by} options={DIMENSIONS} onChange={(value) => set({ by: value })} />
      <Entry
        label="By a tag"
        hint="tag name, Enter"
        onEnter={(tag) => tag !== '' && set({ by: `tag:${tag}` })}
      />
      <Entry
        label="Only where"
        hint="where outcome!=image"
        value={where}
        onEnter={(value) => set({ where: value })}
      />
      <Choice label="days in" value={tz} options={zones} onChange={(value) => set({ tz: value })} />
      <a class="button end" href={csv} download>
        CSV
      </a>
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
  readonly onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <label class="check">
      {label}
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {[...new Set([...options, value])].map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </label>
  );
}

interface EntryProps {
  readonly label: string;
  readonly hint: string;
  readonly value?: string;
  readonly onEnter: (value: string) => void;
}

/** Asked again on Enter, or when the field is left. */
function Entry({ label, hint, value = '', onEnter }: EntryProps) {
  return (
    <input
      type="text"
      class="entry"
      placeholder={hint}
      aria-label={label}
      defaultValue={value}
      onBlur={(event) => {
        const text = event.currentTarget.value.trim();
        if (text !== value) onEnter(text);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
      }}
    />
  );
}
