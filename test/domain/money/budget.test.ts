import { describe, expect, test } from 'vitest';
import {
  accountAt,
  accountEndMs,
  countsIn,
  parseBudgetScope,
  roomFor,
} from '../../../shared/domain/money/budget.ts';
import { scopeFrom } from '../../support/budgets.ts';
import { BATCH } from '../../support/specimens.ts';
import { NOON_MS } from '../../support/test-clock.ts';

const SPENDER = { batch: BATCH, tags: {}, model: 'pro', provider: 'core.today', user: 'ann' };

describe('the scope of a budget', () => {
  test.each([
    'day',
    'month',
    `batch:${BATCH}`,
    'tag:campaign=spring',
    'tag:a=b=c',
    'tag:leer=',
    'user:ann@example.com',
    'model:pro',
    'provider:x',
    'schedule:weekly',
  ])('%s is one', (text) => expect(parseBudgetScope(text)).toBe(text));

  test.each([
    '',
    'Day',
    'week',
    'batch:',
    'batch:Not An Id',
    'tag:',
    'tag:campaign',
    'tag:=x',
    'model:',
    'colour:red',
  ])('%j is none', (text) => expect(parseBudgetScope(text)).toBeUndefined());

  test('of a tag counts charges with exactly that value', () => {
    const scope = scopeFrom('tag:team=a=b');

    expect(countsIn(scope, { ...SPENDER, tags: { team: 'a=b' } })).toBe(true);
    expect(countsIn(scope, { ...SPENDER, tags: { team: 'a' } })).toBe(false);
    expect(countsIn(scope, { ...SPENDER, tags: {} })).toBe(false);
    expect(countsIn(scopeFrom('tag:constructor=x'), { ...SPENDER, tags: {} })).toBe(false);
  });

  test.each([
    ['user:ann', true],
    ['user:an', false],
    ['model:pro', true],
    ['model:flash', false],
    ['provider:core.today', true],
    ['provider:other', false],
    ['schedule:weekly', true],
    ['schedule:daily', false],
  ])('%s counts what ann spends of pro at core.today for schedule weekly: %s', (scope, counts) => {
    expect(countsIn(scopeFrom(scope), { ...SPENDER, tags: { schedule: 'weekly' } })).toBe(counts);
  });

  test('of a day or a month has a balance for each, in UTC, that ends when the next begins', () => {
    const lateMs = Date.parse('2026-12-31T23:59:59.999Z');

    expect(accountAt(scopeFrom('day'), lateMs)).toBe('day:2026-12-31');
    expect(accountAt(scopeFrom('month'), lateMs)).toBe('month:2026-12');
    expect(accountEndMs(scopeFrom('day'), lateMs)).toBe(lateMs + 1);
    expect(accountEndMs(scopeFrom('month'), lateMs)).toBe(lateMs + 1);
    expect(accountEndMs(scopeFrom('month'), NOON_MS)).toBe(Date.parse('2026-12-01'));
    expect(accountEndMs(scopeFrom('tag:a=b'), NOON_MS)).toBeUndefined();
  });
});

describe('room in a budget', () => {
  test('is exact to the micro-credit, waits for reservations, and is exhausted by charges', () => {
    expect(roomFor(10, 100, { spentMicro: 50, heldMicro: 40 }).kind).toBe('room');
    expect(roomFor(11, 100, { spentMicro: 50, heldMicro: 40 }).kind).toBe('reserved');
    expect(roomFor(51, 100, { spentMicro: 50, heldMicro: 40 }).kind).toBe('reached');
  });
});
