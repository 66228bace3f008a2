import { dollarsText } from '../../../../shared/domain/money/money-text.ts';

const MICRO = 1_000_000;
const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const TENTHS = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const EXACT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 4 });

export function counted(value: number): string {
  return WHOLE.format(value);
}

/** Credits for people: one decimal, none from 10,000 on. */
export function credits(micro: number): string {
  const value = micro / MICRO;
  return Math.abs(value) >= 10_000 ? WHOLE.format(value) : TENTHS.format(value);
}

/** Credits with up to four decimals, for details. */
export function exactCredits(micro: number): string {
  return EXACT.format(micro / MICRO);
}

/** Dollars beside credits, never instead of them; nothing if no one rate makes them. */
export function dollars(micro: number, usdPerCredit: number | undefined): string {
  if (usdPerCredit === undefined) return '';
  return dollarsText(micro, usdPerCredit);
}

/** `24 min`, `1 h 5 min`, `40 s`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** A time as people say it today: `10:02`, `yesterday 16:20`, `Nov 24`. */
export function when(iso: string, now = new Date()): string {
  const at = new Date(iso);
  const clock = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  const days = Math.round((startOfDay(now) - startOfDay(at)) / 86_400_000);
  if (days === 0) return clock;
  if (days === 1) return `yesterday ${clock}`;
  return at.toLocaleDateString('en-US', {
    month: 'short',
    day: 'numeric',
    ...(days > 300 && { year: 'numeric' }),
  });
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return `${counted(value)} ${value === 1 ? one : many}`;
}

export function bytes(value: number): string {
  if (value < 1_000) return `${value} bytes`;
  if (value < 1_000_000) return `${(value / 1_000).toFixed(0)} kB`;
  return `${(value / 1_000_000).toFixed(1)} MB`;
}

/** Control and direction characters are shown as marks: a name must not rearrange the line it stands in. */
export function visibleText(text: string): string {
  return text.replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u200e\u200f]/gu, (char) =>
    char === '\n' || char === '\t' ? char : '\u2423',
  );
}
