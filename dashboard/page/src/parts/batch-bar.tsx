import type { BatchSummary, Wait } from '../../../api/batch.ts';
import { counted, credits, dollars, duration } from '../lib/format.ts';
import { usdPerCredit } from '../lib/stage.ts';
import { Command } from './command.tsx';
import { Glyph, type GlyphName } from './glyph.tsx';

const SEGMENTS = ['done', 'reused', 'failed', 'cancelled', 'working'] as const;

/** A batch's items by state, to scale; the facts line below it has the same numbers in words. */
export function BatchBar({ summary }: { readonly summary: BatchSummary }) {
  const { items } = summary;
  return (
    <div
      class="bar"
      role="img"
      aria-label={`${counted(items.done + items.reused)} of ${counted(totalOf(summary))} ready`}
    >
      {SEGMENTS.filter((name) => items[name] > 0).map((name) => (
        <span key={name} class={name} style={{ flex: items[name] }} />
      ))}
      {items.pending > 0 && <span key="pending" style={{ flex: items.pending }} />}
    </div>
  );
}

function totalOf({ items }: BatchSummary): number {
  return items.done + items.reused + items.failed + items.cancelled + items.working + items.pending;
}

export function BatchFacts({ summary }: { readonly summary: BatchSummary }) {
  const { items, rejected, creditsMicro, creditsMaxUnknownMicro, perMinute, secondsLeft } = summary;
  const isIngesting = summary.state === 'ingesting';
  return (
    <div class="facts">
      <span>
        <b>{counted(items.done + items.reused)}</b> of {counted(totalOf(summary))} ready
        {items.reused > 0 && ` (${counted(items.reused)} reused)`}
      </span>
      <Fact value={items.failed} word="failed" />
      <Fact value={items.working} word="working" />
      <Fact value={items.pending} word="waiting" />
      <Fact value={items.cancelled} word="cancelled" />
      <Fact value={rejected} word="rejected" />
      <span>
        <b>{credits(creditsMicro)}</b> credits {dollars(creditsMicro, usdPerCredit())}
        {creditsMaxUnknownMicro > 0 && ` (up to ${credits(creditsMaxUnknownMicro)} more unconfirmed)`}
      </span>
      {perMinute > 0 && (
        <span>
          <b>{counted(perMinute)}</b> images/min
          {secondsLeft !== null && secondsLeft > 0 && ` · about ${duration(secondsLeft)} left`}
        </span>
      )}
      {isIngesting && <span>reading the file</span>}
    </div>
  );
}

function Fact({ value, word }: { readonly value: number; readonly word: string }) {
  if (value === 0) return null;
  return (
    <span>
      <b>{counted(value)}</b> {word}
    </span>
  );
}

const GLYPHS: Readonly<Record<Wait['kind'], GlyphName>> = {
  paused: 'waiting',
  breaker: 'waiting',
  slowed: 'waiting',
  nobody: 'waiting',
};

export function Waits({ waits }: { readonly waits: readonly Wait[] }) {
  return (
    <>
      {waits.map((wait) => (
        <div class="waits" key={wait.text}>
          <Glyph name={GLYPHS[wait.kind]} />
          <span>
            {wait.text}
            {wait.until !== undefined && wait.kind === 'breaker' && ` · next probe ${clock(wait.until)}`}
            {wait.until !== undefined && wait.kind === 'slowed' && ` · until ${clock(wait.until)}`}
          </span>
          {wait.doThis !== undefined &&
            (wait.doThis.startsWith('pressrun') ? (
              <Command text={wait.doThis} />
            ) : (
              <span class="dim">{wait.doThis}</span>
            ))}
        </div>
      ))}
    </>
  );
}

function clock(iso: string): string {
  return new Date(iso).toLocaleTimeString('en-GB');
}
