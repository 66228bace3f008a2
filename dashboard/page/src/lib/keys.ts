import { signal } from '@preact/signals';

const STORED = 'pressrun-letter-keys';

/** Whether single letters do something (WCAG 2.1.4: they can be turned off). */
export const letterKeys = signal(localStorage.getItem(STORED) !== 'off');

export function setLetterKeys(on: boolean): void {
  letterKeys.value = on;
  localStorage.setItem(STORED, on ? 'on' : 'off');
}

/** The name of a key press with its modifiers, such as `Shift+ArrowLeft` or `Ctrl+z`; undefined if it is not for us. */
export function keyOf(event: KeyboardEvent): string | undefined {
  if (event.isComposing || event.altKey || isTyping(event.target)) return undefined;
  const { key } = event;
  const isLetter = key.length === 1 && key !== ' ';
  const withControl = event.ctrlKey || event.metaKey;
  if (isLetter && !withControl && !letterKeys.value && key !== '?' && key !== '/') return undefined;
  const shift = event.shiftKey && (!isLetter || /[a-z]/i.test(key)) ? 'Shift+' : '';
  return `${withControl ? 'Ctrl+' : ''}${shift}${isLetter ? key.toLowerCase() : key}`;
}

/** Whether the page may take keys: a dialog that is open takes them itself. */
export function isTyping(target: EventTarget | null): boolean {
  if (document.querySelector('dialog[open]') !== null) return true;
  if (!(target instanceof HTMLElement)) return false;
  return target.matches('input:not([type=range]):not([type=checkbox]), textarea, select, [contenteditable]');
}
