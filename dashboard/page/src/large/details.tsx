import type { ComponentChildren } from 'preact';
import type { ItemDetail } from '../../../api/batch.ts';
import { type ApiError, wordsOf } from '../lib/api.ts';
import { copyText } from '../lib/copy.ts';
import { bytes, counted, dollars, exactCredits, visibleText, when } from '../lib/format.ts';
import type { TileMark } from '../lib/marks-store.ts';
import { usdPerCredit } from '../lib/stage.ts';

interface DetailsProps {
  readonly detail: ItemDetail | undefined;
  readonly problem: ApiError | undefined;
  readonly mark: { readonly mark: TileMark; readonly by: string; readonly at: string } | undefined;
  readonly onMark: (value: TileMark | null) => void;
  readonly onAgain: () => void;
  readonly onRetry: () => void;
}

/** What was sent, what came back, what it cost, and where the file is. */
export function Details({ detail, problem, mark, onMark, onAgain, onRetry }: DetailsProps) {
  return (
    <aside class="details" aria-label="Details">
      <div class="row marks">
        <button type="button" aria-pressed={mark?.mark === 'picked'} onClick={() => onMark('picked')}>
          <kbd>P</kbd> Pick
        </button>
        <button type="button" aria-pressed={mark?.mark === 'aside'} onClick={() => onMark('aside')}>
          <kbd>X</kbd> Set aside
        </button>
        <button type="button" disabled={mark === undefined} onClick={() => onMark(null)}>
          <kbd>U</kbd> Clear
        </button>
      </div>
      {mark !== undefined && (
        <p class="dim small">
          {mark.mark === 'picked' ? 'Picked' : 'Set aside'} by {visibleText(mark.by)}, {when(mark.at)}
        </p>
      )}
      {problem !== undefined && <p class="problem">{visibleText(wordsOf(problem))}</p>}
      {detail !== undefined && <Facts detail={detail} onAgain={onAgain} onRetry={onRetry} />}
    </aside>
  );
}

function Facts({
  detail,
  onAgain,
  onRetry,
}: {
  detail: ItemDetail;
  onAgain: () => void;
  onRetry: () => void;
}) {
  const { failure, image, settings, columns, tags, attempts, text } = detail;
  return (
    <>
      {failure !== null && (
        <div class="problem stack">
          <b>{failure.title}</b>
          <p class="words">{visibleText(failure.message)}</p>
          <p>{failure.advice}</p>
          <div class="row">
            {failure.actions.includes('edit') && (
              <button type="button" onClick={onAgain}>
                Change and retry…
              </button>
            )}
            {failure.actions.includes('retry') && (
              <button type="button" onClick={onRetry}>
                Retry…
              </button>
            )}
          </div>
        </div>
      )}
      <Section title="Prompt as sent" copy={detail.prompt}>
        <p class="words">{visibleText(detail.prompt)}</p>
      </Section>
      {text !== null && (
        <Section title="The model's words">
          <p class="words">{visibleText(text)}</p>
        </Section>
      )}
      <Section title="Settings">
        <p>{Object.values(settings).join(' · ')}</p>
        {image !== null && (
          <p>
            {image.width}×{image.height}{' '}
            {detail.mismatch === null ? <span class="dim">as asked</span> : <b>{detail.mismatch}</b>}
          </p>
        )}
        {detail.notice !== null && <p class="notice">{visibleText(detail.notice)}</p>}
      </Section>
      <Section title="Cost">
        <p>
          <b>{exactCredits(detail.creditsMicro)}</b> credits {dollars(detail.creditsMicro, usdPerCredit())}
          {detail.creditsMaxUnknownMicro > 0 &&
            ` (up to ${exactCredits(detail.creditsMaxUnknownMicro)} more unconfirmed)`}
          {detail.reusedFrom !== null && <span class="dim"> reused from {detail.reusedFrom}</span>}
        </p>
        {attempts.length > 0 && <Attempts attempts={attempts} />}
      </Section>
      {image !== null && (
        <Section title="File" copy={image.key}>
          <p class="mono words">{image.key}</p>
          <p class="dim small">
            {bytes(image.bytes)} · {image.type} · sha256 {image.sha256.slice(0, 12)}…
          </p>
        </Section>
      )}
      {(detail.template !== null || Object.keys(columns).length > 0 || Object.keys(tags).length > 0) && (
        <details>
          <summary>Template, columns, tags</summary>
          {detail.template !== null && <p class="words mono">{visibleText(detail.template)}</p>}
          <Pairs pairs={{ ...columns, ...tags }} />
        </details>
      )}
      <div class="row">
        <button type="button" onClick={onAgain}>
          <kbd>R</kbd> Generate again…
        </button>
      </div>
    </>
  );
}

function Attempts({ attempts }: { readonly attempts: ItemDetail['attempts'] }) {
  return (
    <ol class="attempts">
      {attempts.map(({ at, title, seconds, charge }, nth) => (
        <li key={`${at}${nth}`}>
          <span class="dim">{nth + 1}</span>
          <span>
            {title}, {seconds} s <span class="dim">at {when(at)}</span>
            {charge !== null && (
              <span class="small tokens">
                {counted(charge.inputTokens)} in · {counted(charge.textTokens)} text ·{' '}
                {counted(charge.imageTokens)} image tokens
                {charge.basis !== 'reported' && ` (${charge.basis})`} → {exactCredits(charge.creditsMicro)}{' '}
                credits, {charge.price}
              </span>
            )}
          </span>
        </li>
      ))}
    </ol>
  );
}

function Pairs({ pairs }: { readonly pairs: Readonly<Record<string, string>> }) {
  return (
    <dl class="pairs">
      {Object.entries(pairs).map(([name, value]) => (
        <div key={name}>
          <dt class="dim">{visibleText(name)}</dt>
          <dd class="words">{visibleText(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Section({ title, copy, children }: { title: string; copy?: string; children: ComponentChildren }) {
  return (
    <section>
      <div class="row">
        <h3>{title}</h3>
        {copy !== undefined && (
          <button type="button" class="plain small end" onClick={() => copyText(copy, 'Copied.')}>
            copy
          </button>
        )}
      </div>
      {children}
    </section>
  );
}
