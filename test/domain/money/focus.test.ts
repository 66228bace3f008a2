import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { focusCsv } from '../../../shared/domain/money/cost-csv.ts';
import { type CostDimension, costReport, NO_COST } from '../../../shared/domain/money/cost-report.ts';
import { costStatement } from '../../../shared/domain/money/cost-statement.ts';

/**
 * The columns of FOCUS 1.3 as its specification defines them (FOCUS_Spec, specification/datasets/cost_and_usage): how each must be
 * present, whether it may be null, and its type. `C` stands for conditional, `R` for recommended, `M` for mandatory.
 */
const SPECIFICATION = `
AllocatedMethodDetails R null JSON
AllocatedMethodId C null String
AllocatedResourceId C null String
AllocatedResourceName C null String
AllocatedTags C null JSON
AvailabilityZone R null String
BilledCost M - Decimal
BillingAccountId M - String
BillingAccountName M null String
BillingAccountType C - String
BillingCurrency M - Currency
BillingPeriodEnd M - DateTime
BillingPeriodStart M - DateTime
CapacityReservationId C null String
CapacityReservationStatus C null String
ChargeCategory M - String
ChargeClass M null String
ChargeDescription M null String
ChargeFrequency R - String
ChargePeriodEnd M - DateTime
ChargePeriodStart M - DateTime
CommitmentDiscountCategory C null String
CommitmentDiscountId C null String
CommitmentDiscountName C null String
CommitmentDiscountQuantity C null Decimal
CommitmentDiscountStatus C null String
CommitmentDiscountType C null String
CommitmentDiscountUnit C null String
ConsumedQuantity C null Decimal
ConsumedUnit C null String
ContractApplied C null JSON
ContractedCost M - Decimal
ContractedUnitPrice C null Decimal
EffectiveCost M - Decimal
HostProviderName M - String
InvoiceId R null String
InvoiceIssuerName M - String
ListCost M - Decimal
ListUnitPrice C null Decimal
PricingCategory C null String
PricingCurrency C null String
PricingCurrencyContractedUnitPrice C null Decimal
PricingCurrencyEffectiveCost C null Decimal
PricingCurrencyListUnitPrice C null Decimal
PricingQuantity M null Decimal
PricingUnit M null String
ProviderName M - String
PublisherName M - String
RegionId C null String
RegionName C null String
ResourceId C null String
ResourceName C null String
ResourceType C null String
ServiceCategory M - String
ServiceName M - String
ServiceProviderName M - String
ServiceSubcategory R - String
SkuId C null String
SkuMeter C null String
SkuPriceDetails C null JSON
SkuPriceId C null String
SubAccountId C null String
SubAccountName C null String
SubAccountType C null String
Tags C null JSON`;

/** What holds for us of the conditions: unit prices are published, prices are in a virtual currency, usage is measured. */
const CONDITIONS_MET = [
  ...['ConsumedQuantity', 'ConsumedUnit', 'ListUnitPrice', 'ContractedUnitPrice', 'PricingCategory'],
  ...['PricingCurrency', 'PricingCurrencyContractedUnitPrice', 'PricingCurrencyEffectiveCost'],
  ...['PricingCurrencyListUnitPrice', 'SkuId', 'SkuMeter', 'SkuPriceDetails', 'SkuPriceId', 'Tags'],
];

/** Of charges of usage that correct nothing, these may not be null either. */
const NEVER_NULL_OF_USAGE = [
  ...['PricingQuantity', 'PricingUnit', 'ConsumedQuantity', 'ConsumedUnit', 'PricingCategory', 'SkuId'],
  ...['SkuPriceId', 'ListUnitPrice', 'ContractedUnitPrice', 'PricingCurrencyListUnitPrice'],
  ...['PricingCurrency', 'PricingCurrencyEffectiveCost'],
];

const FORMATS: Readonly<Record<string, RegExp>> = {
  Decimal: /^-?\d+(?:\.\d+)?$/,
  DateTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  Currency: /^[A-Z]{3}$/,
  String: /^\S(?:.*\S)?$/,
  JSON: /^\{.*\}$/,
};

const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  ChargeCategory: ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment'],
  ChargeClass: ['', 'Correction'],
  ChargeFrequency: ['One-Time', 'Recurring', 'Usage-Based'],
  PricingCategory: ['Standard', 'Dynamic', 'Committed', 'Other'],
  ServiceCategory: ['AI and Machine Learning'],
  ServiceSubcategory: ['Generative AI'],
};

const columns = SPECIFICATION.trim()
  .split('\n')
  .map((line) => line.split(' ') as [name: string, level: string, nulls: string, type: string]);

describe('FOCUS 1.3, column by column', () => {
  const [header, rows] = written(['day', 'model', 'provider', 'price', 'tag:who']);

  test('every column that must be there is, once, and ours come after with x_', () => {
    const must = columns.filter(([name, level]) => level === 'M' || CONDITIONS_MET.includes(name));
    const own = header.findIndex((name) => name.startsWith('x_'));

    for (const [name] of must) expect(header.filter((each) => each === name)).toEqual([name]);
    expect(header.slice(0, own).filter((name) => !columns.some(([known]) => known === name))).toEqual([]);
    expect(header.slice(own).filter((name) => !/^x_[A-Z][A-Za-z]+$/.test(name))).toEqual([]);
  });

  test.each(columns.filter(([name]) => header.includes(name)))(
    '%s (%s) is %s or of its type, %s',
    (name, _, nulls, type) => {
      const mayBeNull = nulls === 'null' && !NEVER_NULL_OF_USAGE.includes(name);
      for (const row of rows) {
        const value = row[name] ?? '';
        if (value === '') expect(mayBeNull).toBe(true);
        else expect(value).toMatch(FORMATS[type] ?? /^$/);
        expect(ALLOWED[name] ?? [value]).toContain(value);
      }
    },
  );

  test('costs are quantity times unit price, in both currencies, and periods contain their charges', () => {
    for (const row of rows) {
      const number = (name: string) => Number(row[name]);
      expect(number('PricingQuantity') * number('ListUnitPrice')).toBeCloseTo(number('ListCost'), 9);
      expect(number('PricingQuantity') * number('ContractedUnitPrice')).toBeCloseTo(
        number('ContractedCost'),
        9,
      );
      expect(number('PricingCurrencyEffectiveCost')).toBe(number('PricingQuantity'));
      expect(String(row.BillingPeriodStart) <= String(row.ChargePeriodStart)).toBe(true);
      expect(String(row.ChargePeriodEnd) <= String(row.BillingPeriodEnd)).toBe(true);
      const tokens = ['x_InputTokens', 'x_TextTokens', 'x_ImageTokens'].map(number);
      expect(tokens.reduce((sum, each) => sum + each, 0)).toBe(number('ConsumedQuantity'));
    }
    expect(rows[0]).toMatchObject({ SkuPriceId: 'flash-1', Tags: '{"who":"ann"}' });
  });
});

function written(by: readonly CostDimension[]): readonly [string[], Record<string, string>[]] {
  const cost = (day: string, creditsMicro: number, provider: string, rate: number, who: string) => ({
    ...{ day, model: 'flash', batch: 'b', outcome: 'image', provider, rate, price: 'flash-1', tags: { who } },
    amounts: {
      ...NO_COST,
      images: 1,
      attempts: 1,
      inputTokens: 9,
      textTokens: 683,
      imageTokens: 1_120,
      creditsMicro,
    },
  });
  const costs = [
    cost('2026-01-31', 69_253_500, 'core-today', 0.001, 'ann'),
    cost('2026-02-01', 1, 'google', 0.00125, ''),
    cost('2026-12-31', 0, 'own', 0.6187, 'bob'),
  ];
  const report = costReport({ from: '2026-01-01', to: '2026-12-31' }, by, costs);
  const text = [...focusCsv(costStatement({ ...report, tz: 'UTC', source: 'charges' }), 'prod')].join('');
  const [header = [], ...cells] = parse(text) as string[][];
  return [header, cells.map((row) => Object.fromEntries(row.map((cell, nth) => [header[nth] ?? '', cell])))];
}
