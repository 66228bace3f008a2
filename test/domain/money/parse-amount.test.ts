import { describe, expect, test } from 'vitest';
import { parseConfiguration } from '../../../shared/domain/configuration/configuration.ts';
import { creditRate } from '../../../shared/domain/configuration/credit-rate.ts';
import { parseAmount } from '../../../shared/domain/money/parse-amount.ts';
import fc from '../../support/property.ts';

const CENT = { kind: 'one', usdPerCredit: 0.01, source: 'test' } as const;
const BUILT_IN = creditRate(parseConfiguration({}));

describe('an amount', () => {
  test.each(['50', '50 credits', '50cr', ' 50 ', '50.0'])('is credits: %j', (text) => {
    expect(parseAmount(text, CENT)).toEqual({ kind: 'amount', micro: 50_000_000 });
  });

  test.each(['$50', 'US$50', 'us$ 50', 'USD 50', '50 USD', '50$', '50 US$', '50 dollars', '$50.00'])(
    'is dollars at the rate: %j',
    (text) => {
      expect(parseAmount(text, CENT)).toEqual({ kind: 'amount', micro: 5_000_000_000 });
      expect(parseAmount(text, BUILT_IN)).toEqual({ kind: 'amount', micro: 50_000_000_000 });
    },
  );

  test.each(['€50', '50 EUR', '£5', '¥500', '₩500', '500 krw', 'A$50', 'CA$ 50', 'HK$50', '50 CHF'])(
    'in another currency is refused with what to write: %j',
    (text) => {
      expect(reasonOf(text)).toContain("write credits, such as 500, or US dollars, such as '$50'");
    },
  );

  test.each(['1,000', '1,5', '$1,000', '1.000,50', "1'000", '1 000'])(
    'that may be read in two ways is refused: %j',
    (text) => {
      expect(reasonOf(text)).toContain('write a point for decimals, and no separator of thousands');
    },
  );

  test.each(['', '00', '000', '.50', ',000'])(
    'that a shell took the dollar from says how to quote it: %j',
    (text) => {
      expect(reasonOf(text)).toContain("Quote dollars: '$50'");
    },
  );

  test.each(['five', '-5', '$-5', '$', '$$5', '5%', '1e3', '1.2.3', '9999999999', '$999999999999'])(
    'that is none is refused: %j',
    (text) => {
      expect(parseAmount(text, BUILT_IN).kind).toBe('problem');
    },
  );

  test('of any text is a whole number of micro-credits, or a sentence', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.double().map((value) => `$${value}`),
        ),
        (text) => {
          const amount = parseAmount(text, CENT);
          if (amount.kind === 'amount') expect(Number.isSafeInteger(amount.micro)).toBe(true);
          else expect(amount.reason).toMatch(/^(must be|is) /);
        },
      ),
    );
  });

  test('in dollars is never more credits than the dollars pay', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9_999_999 }),
        fc.integer({ min: 1, max: 9_999 }),
        (cents, rate) => {
          const usdPerCredit = rate / 10_000;
          const amount = parseAmount(`$${(cents / 100).toFixed(2)}`, { ...CENT, usdPerCredit });
          const micro = amount.kind === 'amount' ? amount.micro : Number.NaN;
          expect(micro / 1e6).toBeCloseTo(cents / 100 / usdPerCredit, 5);
          expect(BigInt(micro) * BigInt(rate)).toBeLessThanOrEqual(BigInt(cents) * 100n * 1_000_000n);
          expect(BigInt(micro + 1) * BigInt(rate)).toBeGreaterThan(BigInt(cents) * 100n * 1_000_000n);
        },
      ),
      { numRuns: 5_000, examples: [[4_403_832, 6_187]] },
    );
  });
});

test('dollars at a rate too small to be written without an exponent are whole credits', () => {
  expect(parseAmount('$1', { ...CENT, usdPerCredit: 2e-7 })).toEqual({ kind: 'amount', micro: 5e12 });
});

describe('dollars over providers of several rates', () => {
  const configuration = parseConfiguration({
    providers: { router: { baseUrl: 'https://router.test/v1', usdPerCredit: 0.002 } },
    models: { routed: { provider: 'router' } },
  });

  test('are refused with both rates, and credits are taken', () => {
    const rate = creditRate(configuration);

    expect(parseAmount('$5', rate)).toEqual({
      kind: 'problem',
      reason:
        'is "$5", and dollars are ambiguous here: a credit is $0.001 at core-today, $0.002 at router; write credits',
    });
    expect(parseAmount('5', rate)).toEqual({ kind: 'amount', micro: 5_000_000 });
  });

  test('are accepted while all models have one rate; the source of the rate is named', () => {
    expect(creditRate({ ...configuration, models: parseConfiguration({}).models })).toMatchObject({
      kind: 'one',
      usdPerCredit: 0.001,
      source: expect.stringContaining('actual charges may vary'),
    });
    const own = parseConfiguration({
      providers: { 'core-today': { baseUrl: 'https://x.test', usdPerCredit: 0.0009 } },
    });
    expect(creditRate(own)).toMatchObject({ source: '1 credit = $0.0009 (pressrun.config.json)' });
  });
});

function reasonOf(text: string): string {
  const amount = parseAmount(text, BUILT_IN);
  return amount.kind === 'problem' ? amount.reason : `taken as ${amount.micro}`;
}
