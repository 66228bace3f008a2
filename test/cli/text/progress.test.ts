import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createProgressBar, progressText } from '../../../cli/text/progress-bar.ts';
import { parseBatchId } from '../../../shared/domain/ids.ts';
import type { BatchStatus } from '../../../shared/pipeline/finish/batch-status.ts';

describe('progress', () => {
  test('shows images done and in all, the rate, the credits, and the time left', () => {
    expect(progressText(statusOf({ done: 11, failed: 1, pending: 15 }), 0.5 / 1_000)).toBe(
      '12/27 images · 1 failed · 30/min · 806.4 credits · about 30 s left',
    );
  });

  test('while the file is read, promises no total and no end', () => {
    const text = progressText({ ...statusOf({ done: 3, pending: 0 }), state: 'ingesting' }, 1 / 1_000);

    expect(text).toBe('3 so far, reading the file · 60/min · 806.4 credits');
  });

  test('prints at most a line every ten seconds without a terminal, and only if something changed', () => {
    const screen = screenOf(false);
    let nowMs = 0;
    const bar = createProgressBar(screen.stream, () => nowMs);

    for (let done = 0; done <= 40; done += 1) {
      bar.show(statusOf({ done: Math.min(done, 30), pending: 40 - Math.min(done, 30) }));
      nowMs += 1_000;
    }
    bar.stop();

    const lines = screen.text().trimEnd().split('\n');
    expect(lines.map((line) => line.split(' images')[0])).toEqual([
      '0/40',
      '10/40',
      '20/40',
      '30/40',
      '30/40',
    ]);
    expect(screen.text()).not.toContain('\x1b');
  });

  test('redraws one line on a terminal, and restores the cursor', () => {
    const screen = screenOf(true);
    const bar = createProgressBar(screen.stream, () => 0);

    bar.show({ ...statusOf({ done: 0, pending: 0 }), state: 'ingesting' });
    bar.show(statusOf({ done: 5, pending: 5 }));
    bar.stop();

    expect(screen.text()).toContain('reading the file');
    expect(screen.text()).toContain('5/10');
    expect(screen.text().split('\n')).toHaveLength(2);
    expect(screen.text()).not.toContain('\x1b[?25l');
  });
});

function statusOf(items: Partial<BatchStatus['items']>): BatchStatus {
  const batch = parseBatchId('cards-1234');
  if (batch === undefined) throw new Error('a batch id');
  return {
    batch,
    state: 'running',
    items: { done: 0, reused: 0, failed: 0, cancelled: 0, pending: 0, ...items },
    rejected: 0,
    creditsMicro: 806_400_000,
    creditsMaxUnknownMicro: 0,
  };
}

function screenOf(isTTY: boolean) {
  let text = '';
  const stream = new Writable({
    write: (chunk, _, done) => {
      text += String(chunk);
      done();
    },
  });
  // What a terminal's stream has, as far as a bar asks for it.
  const terminal = {
    isTTY,
    columns: 120,
    cursorTo: () => true,
    clearLine: () => true,
    moveCursor: () => true,
  };
  return { stream: Object.assign(stream, terminal), text: () => text };
}
