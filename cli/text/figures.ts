import { MICRO_PER_CREDIT } from '../../shared/domain/money/money.ts';

const TENTHS = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function countText(value: number): string {
  return WHOLE.format(value);
}

/** Credits for people: `2,484.8`; exact values are in JSON, CSV and manifest. */
export function creditsText(micro: number): string {
  const value = micro / MICRO_PER_CREDIT;
  return Number.isInteger(value) ? WHOLE.format(value) : TENTHS.format(value);
}

/** Dollars beside credits: `≈ $2.48`. */
export function dollarsText(micro: number, usdPerCredit: number): string {
  const value = (micro / MICRO_PER_CREDIT) * usdPerCredit;
  const digits = value === 0 || value >= 100 ? 0 : value >= 0.1 ? 2 : 4;
  const number = value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `≈ $${number}`;
}

/** `2,484.8 credits (≈ $2.48)`. */
export function costText(micro: number, usdPerCredit: number): string {
  return `${creditsText(micro)} credits (${dollarsText(micro, usdPerCredit)})`;
}

export function bytesText(bytes: number): string {
  if (bytes < 1_000_000) return `${WHOLE.format(bytes / 1_000)} kB`;
  return `${TENTHS.format(bytes / 1_000_000)} MB`;
}

/** `40 s`, `3 min 20 s`, `1 h 5 min`. */
export function durationText(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  const rest = minutes % 60;
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}
