import { signal } from '@preact/signals';

/** A line that is shown for a few seconds and read aloud. */
export const said = signal('');
/** What screen readers hear: at most one line a second. */
export const announced = signal('');

const SHOWN_MS = 6_000;
const BETWEEN_MS = 1_000;
let hide = 0;
let lastMs = 0;
let later = 0;

export function say(text: string): void {
  said.value = text;
  announce(text);
  window.clearTimeout(hide);
  hide = window.setTimeout(() => {
    said.value = '';
  }, SHOWN_MS);
}

export function announce(text: string): void {
  window.clearTimeout(later);
  const waitMs = Math.max(0, lastMs + BETWEEN_MS - Date.now());
  later = window.setTimeout(() => {
    lastMs = Date.now();
    announced.value = text;
  }, waitMs);
}
