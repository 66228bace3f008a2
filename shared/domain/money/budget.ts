import { type BatchId, parseBatchId } from '../ids.ts';
import { dayOfMs, monthOf } from '../time/calendar.ts';

declare const brand: unique symbol;

/** `batch:<id>`, `day`, `month` (UTC), `tag:<name>=<value>`, `user:<name>`, `model:<name>`, `provider:<name>`, `schedule:<name>`. */
export type BudgetScope = string & { readonly [brand]: 'BudgetScope' };

/** One period or scope of a budget whose credits are counted: the scope itself, or one of its days (`day:2026-11-21`) or months (`month:2026-11`). */
export type BudgetAccount = string & { readonly [brand]: 'BudgetAccount' };

/** What happens when a budget is reached: its batches pause, or people are told and work goes on. */
export const LIMIT_ACTIONS = ['pause', 'tell'] as const;

/** How a budget is kept. */
export interface BudgetTerms {
  /** Shares of the limit, in per cent, at which people are told; 80 where it says nothing. */
  readonly warnAt?: readonly number[];
  /** `pause` where it says nothing. */
  readonly atLimit?: (typeof LIMIT_ACTIONS)[number];
}

/** The most that may be spent in a scope, in µcr. */
export interface Budget extends BudgetTerms {
  readonly scope: BudgetScope;
  readonly limitMicro: number;
  /** `counting` until what was spent before it was set is added up; nothing is started against it meanwhile. */
  readonly state: 'open' | 'counting';
  readonly sinceMs: number;
}

/** What says whether a budget applies to a call or its charge. */
export interface Spender {
  readonly batch: BatchId;
  readonly tags: Readonly<Record<string, string>>;
  readonly model: string;
  readonly provider: string;
  /** Who submitted the batch, as far as is known. */
  readonly user?: string;
}

/** Whether calls have to fit into it: credits are reserved in such budgets alone. */
export function isEnforced({ atLimit }: BudgetTerms): boolean {
  return atLimit !== 'tell';
}

const USUAL_WARNINGS: readonly number[] = [80];

/** The shares of a limit at which people are told, the highest first. */
export function warningsOf({ warnAt = USUAL_WARNINGS, atLimit }: BudgetTerms): readonly number[] {
  const shares = atLimit === 'tell' ? [...warnAt, 100] : warnAt;
  return [...new Set(shares)].sort((a, b) => b - a);
}

const TAG = /^tag:[^=]{1,60}=.{0,200}$/su;
const NAMED = /^(?<what>user|model|provider|schedule):(?<name>.{1,200})$/su;

/** Reads a scope that a person wrote; undefined if it is none. */
export function parseBudgetScope(text: string): BudgetScope | undefined {
  const isScope =
    text === 'day' ||
    text === 'month' ||
    TAG.test(text) ||
    NAMED.test(text) ||
    batchOfScope(text as BudgetScope) !== undefined;
  return isScope ? (text as BudgetScope) : undefined;
}

export function batchScope(batch: BatchId): BudgetScope {
  return `batch:${batch}` as BudgetScope;
}

/** The batch that a scope is for, where it is one. */
export function batchOfScope(scope: BudgetScope): BatchId | undefined {
  return scope.startsWith('batch:') ? parseBatchId(scope.slice('batch:'.length)) : undefined;
}

/** A scope as a shell wants it typed. */
export function inShell(scope: string): string {
  return /^[\w:=.-]+$/.test(scope) ? scope : `'${scope.replaceAll("'", "'\\''")}'`;
}

/** The account of a scope that a call started at that time draws on. */
export function accountAt(scope: BudgetScope, atMs: number): BudgetAccount {
  const day = dayOfMs(atMs);
  if (scope === 'day') return `day:${day}` as BudgetAccount;
  if (scope === 'month') return `month:${monthOf(day)}` as BudgetAccount;
  return scope as string as BudgetAccount;
}

/** When the account of that time ends and a fresh one begins; undefined for scopes that never begin again. */
export function accountEndMs(scope: BudgetScope, atMs: number): number | undefined {
  const now = new Date(atMs);
  const [year, month, date] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  if (scope === 'day') return Date.UTC(year, month, date + 1);
  if (scope === 'month') return Date.UTC(year, month + 1, 1);
  return undefined;
}

/** Whether what it spends counts in the scope. */
export function countsIn(scope: BudgetScope, spender: Spender): boolean {
  const { batch, tags } = spender;
  if (scope === 'day' || scope === 'month') return true;
  if (scope.startsWith('batch:')) return scope === batchScope(batch);
  const { what, name: named } = NAMED.exec(scope)?.groups ?? {};
  if (what === 'schedule') return Object.hasOwn(tags, what) && tags[what] === named;
  if (what === 'user' || what === 'model' || what === 'provider') return spender[what] === named;
  const at = scope.indexOf('=');
  const name = scope.slice('tag:'.length, at);
  return Object.hasOwn(tags, name) && tags[name] === scope.slice(at + 1);
}

/** What an account holds, in µcr: spent for good, and reserved for calls that are in progress or about to begin. */
export interface AccountSums {
  readonly spentMicro: number;
  readonly heldMicro: number;
}

/** What may be done about a call that costs at most `needMicro`. */
type Room =
  | { readonly kind: 'room' }
  /** Not now, but calls in progress may cost less than is held for them. */
  | { readonly kind: 'reserved' }
  /** Not even if nothing were held. */
  | { readonly kind: 'reached' };

/** Whether an account has room for a call. */
export function roomFor(needMicro: number, limitMicro: number, { spentMicro, heldMicro }: AccountSums): Room {
  if (spentMicro + heldMicro + needMicro <= limitMicro) return { kind: 'room' };
  return { kind: spentMicro + needMicro <= limitMicro ? 'reserved' : 'reached' };
}
