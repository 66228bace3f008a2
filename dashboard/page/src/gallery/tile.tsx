import type { BatchIndex } from '../../../api/batch.ts';
import { credits, visibleText } from '../lib/format.ts';
import type { TileMark } from '../lib/marks-store.ts';
import { Glyph, type GlyphName } from '../parts/glyph.tsx';
import { adviceOf } from './advice.ts';

interface TileProps {
  readonly batch: string;
  readonly index: BatchIndex;
  readonly place: number;
  readonly column: number;
  readonly width: number;
  readonly height: number;
  readonly hasCaption: boolean;
  readonly hasPicture: boolean;
  readonly mark: TileMark | undefined;
  readonly isFocused: boolean;
  readonly isSelected: boolean;
}

const WAITING: Readonly<Record<string, readonly [glyph: GlyphName, word: string]>> = {
  q: ['waiting', 'waiting'],
  w: ['working', 'working'],
  c: ['cancelled', 'cancelled'],
};

/** One cell of the grid: a picture on its mat, or why there is none (yet). What is clicked is told by `data-does`. */
export function Tile(props: TileProps) {
  const { index, place, column, width, height, mark, isFocused, isSelected, hasCaption } = props;
  const letter = index.state[place] ?? 'q';
  const name = visibleText(index.name[place] ?? '');
  const creditsMicro = index.creditsMicro[place] ?? 0;
  const kind = letter === 'd' || letter === 'r' ? 'ready' : letter === 'f' ? 'failed' : 'open';
  const classes = ['tile', kind, mark ?? '', isSelected ? 'selected' : ''].filter(Boolean).join(' ');
  return (
    <div
      class={classes}
      role="gridcell"
      data-place={place}
      tabIndex={isFocused ? 0 : -1}
      aria-colindex={column + 1}
      aria-selected={isSelected}
      aria-label={[name, `row ${index.row[place]}`, wordOf(letter), ...markWords(mark)].join(', ')}
      style={{ width }}
    >
      <div class="mat" style={{ height }}>
        <Inside {...props} letter={letter} name={name} />
      </div>
      {hasCaption && (
        <div class="caption">
          <bdi class="cut" title={name}>
            {name}
          </bdi>
          {creditsMicro > 0 && <span>{credits(creditsMicro)}</span>}
        </div>
      )}
    </div>
  );
}

function Inside(props: TileProps & { readonly letter: string; readonly name: string }) {
  const { batch, index, place, width, letter, name, mark, hasPicture } = props;
  if (letter === 'd' || letter === 'r') {
    const size = width * devicePixelRatio > 400 ? 'thumb2x' : 'thumb';
    const ref = `${index.row[place]}/${index.variant[place]}`;
    const notice = index.dict.notices[index.notice[place] ?? -1];
    return (
      <>
        {hasPicture && (
          <img
            key={index.sha8[place]}
            src={`/media/${batch}/${ref}/${size}?v=${index.sha8[place]}`}
            alt={name}
            width={index.width[place]}
            height={index.height[place]}
            decoding="async"
            draggable={false}
          />
        )}
        <button
          type="button"
          class="pick-star"
          tabIndex={-1}
          data-does="pick"
          aria-label={mark === 'picked' ? 'Remove the pick' : 'Pick'}
        />
        {mark === 'aside' && <span class="label left">set aside</span>}
        {letter === 'r' && <span class="label right">reused</span>}
        {notice !== undefined && letter === 'd' && <span class="label right">{shortNotice(notice)}</span>}
      </>
    );
  }
  if (letter === 'f') return <Failed code={index.dict.codes[index.code[place] ?? -1] ?? 'failed'} />;
  const [glyph, word] = WAITING[letter] ?? ['waiting', 'waiting'];
  return (
    <span class="state">
      <Glyph name={glyph} /> {word}
    </span>
  );
}

function Failed({ code }: { readonly code: string }) {
  const { title, advice, edits } = adviceOf(code);
  return (
    <div class="why">
      <b class="state">
        <Glyph name="failed" /> {title}
      </b>
      <span class="advice">{advice}</span>
      <button type="button" tabIndex={-1} data-does={edits ? 'edit' : 'retry'}>
        {edits ? 'Change and retry' : 'Retry'}
      </button>
    </div>
  );
}

function wordOf(letter: string): string {
  return { d: 'ready', r: 'ready, reused', f: 'failed', c: 'cancelled', w: 'working' }[letter] ?? 'waiting';
}

function markWords(mark: TileMark | undefined): string[] {
  if (mark === undefined) return [];
  return [mark === 'aside' ? 'set aside' : mark];
}

/** `asked 16:9, 2K, got 1376×768` → `1376×768, asked 16:9 2K`. */
function shortNotice(notice: string): string {
  const [, asked = '', got = ''] = /^asked (.*), got (.*)$/.exec(notice) ?? [];
  return got === '' ? notice : `${got}, asked ${asked.replaceAll(',', '')}`;
}
