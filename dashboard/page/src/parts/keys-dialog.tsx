import { letterKeys, setLetterKeys } from '../lib/keys.ts';
import { Dialog } from './dialog.tsx';
import { ThemeChoice } from './theme-choice.tsx';

const KEYS: readonly (readonly [where: string, keys: readonly (readonly [key: string, does: string])[]])[] = [
  [
    'Everywhere',
    [
      ['?', 'this list'],
      ['/', 'search'],
      ['G then B N C P S', 'batches, new, cost, provider, schedules'],
      ['Esc', 'close, clear the selection, then the filter'],
    ],
  ],
  [
    'Grid',
    [
      ['Arrows, Home, End, PgUp, PgDn', 'move; with Ctrl+Home and Ctrl+End to the first and last'],
      ['Space, Shift+arrows, Ctrl+A', 'select'],
      ['P · X · U', 'pick · set aside · clear'],
      ['Ctrl+Z', 'undo the last mark'],
      ['Enter', 'large view'],
      ['C', 'compare 2 to 4 selected, or the variants of the row'],
      ['V then R M 0', 'group by row, models side by side, plain'],
      ['- and =', 'smaller, larger'],
      ['R · E', 'on a failed tile: retry · change the prompt and retry'],
    ],
  ],
  [
    'Large view',
    [
      ['← → or J K', 'previous, next'],
      ['↑ ↓', 'same variant of the previous, next row'],
      ['Space', 'fit or 100 %'],
      ['I · B · A', 'details · background · auto-advance'],
      ['R · O · D', 'generate again · open the file · download'],
    ],
  ],
  [
    'Compare',
    [
      ['1 to 4', 'pick that column'],
      ['F · S', 'flicker · slider'],
      ['↑ ↓', 'previous, next row'],
    ],
  ],
];

export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      {KEYS.map(([where, keys]) => (
        <section key={where} class="stack keys">
          <h3>{where}</h3>
          <dl>
            {keys.map(([key, does]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <label class="check">
        <input
          type="checkbox"
          checked={letterKeys.value}
          onChange={(event) => setLetterKeys(event.currentTarget.checked)}
        />
        Single letters act as keys
      </label>
      <div class="row">
        <ThemeChoice />
        <button type="button" class="end" onClick={onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}
