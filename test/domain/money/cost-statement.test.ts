import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { costCsv, focusCsv } from '../../../shared/domain/money/cost-csv.ts';
import {
  type CostAmounts,
  type CostDimension,
  costReport,
  NO_COST,
} from '../../../shared/domain/money/cost-report.ts';
import { costStatement } from '../../../shared/domain/money/cost-statement.ts';

const WINDOW = { from: '2026-11-01', to: '2026-11-30' };

describe('a cost statement', () => {
  test('says credits per image with all waste in them, the share of waste, and about how many dollars', () => {
    const { total } = statement(['day'], { images: 3, creditsMicro: 200_000_001, wasteMicro: 50_000_000 });

    expect(total).toMatchObject({
      creditsMicroPerImage: 66_666_667,
      wasteShare: 0.25,
      usdApprox: 0.2,
    });
  });

  test('shows a figure as unknown, not as zero, if nothing was generated or spent', () => {
    expect(statement(['day'], {}).total).toMatchObject({ creditsMicroPerImage: null, wasteShare: null });
  });

  test('as CSV has no cell that a spreadsheet would take for a formula', () => {
    const text = [...costCsv(statement(['tag:who'], { creditsMicro: 1 }, '=HYPERLINK("http://x")'))].join('');

    const [row] = parse(text, { columns: true }) as Record<string, string>[];
    expect(row?.['tag:who']).toBe(`'=HYPERLINK("http://x")`);
    expect(row).toMatchObject({ creditsMicro: '1', attempts: '1', wasteShare: '0' });
  });

  test('as FOCUS 1.3 has its mandatory columns, with periods in UTC and costs in dollars', () => {
    const given = statement(
      ['day', 'model', 'provider', 'batch', 'tag:who'],
      { creditsMicro: 68_358_500, images: 1 },
      'ann',
    );

    const [row] = parse([...focusCsv(given, 'prod')].join(''), { columns: true }) as Record<string, string>[];

    expect(row).toMatchObject({
      BilledCost: '0.0683585',
      BillingAccountId: 'prod',
      BillingCurrency: 'USD',
      BillingPeriodStart: '2026-11-01T00:00:00Z',
      BillingPeriodEnd: '2026-12-01T00:00:00Z',
      ChargeCategory: 'Usage',
      ChargeClass: '',
      ChargePeriodStart: '2026-11-21T00:00:00Z',
      ChargePeriodEnd: '2026-11-22T00:00:00Z',
      PricingQuantity: '68.3585',
      PricingUnit: 'Credits',
      ServiceCategory: 'AI and Machine Learning',
      Tags: '{"who":"ann"}',
      x_Batch: 'a',
      x_Images: '1',
    });
    expect(row).toMatchObject({ ProviderName: 'core.today', ListUnitPrice: '0.001' });
    for (const name of ['ContractedCost', 'EffectiveCost', 'ListCost']) expect(row?.[name]).toBe('0.0683585');
    const names = ['BillingAccountName', 'ChargeDescription', 'InvoiceIssuerName', 'ProviderName'];
    for (const name of [...names, 'PublisherName', 'ServiceName']) expect(row?.[name]).toMatch(/./);
  });
});

function statement(by: readonly CostDimension[], amounts: Partial<CostAmounts>, who = '') {
  const cost = {
    day: '2026-11-21',
    model: 'flash',
    batch: 'a',
    outcome: 'image',
    provider: 'core-today',
    rate: 0.001,
    tags: { who },
    amounts: { ...NO_COST, attempts: 1, ...amounts },
  };
  return costStatement({ ...costReport(WINDOW, by, [cost]), tz: 'UTC', source: 'charges' });
}
