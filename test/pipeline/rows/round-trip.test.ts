import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import {
  BATCH_STATES,
  type Batch,
  type BatchOptions,
  type Progress,
} from '../../../shared/domain/batch/batch.ts';
import type { Breaker } from '../../../shared/domain/calls/breaker.ts';
import { FAILURE_CODES } from '../../../shared/domain/calls/failure.ts';
import type { Limiter } from '../../../shared/domain/calls/limiter.ts';
import type { PaidRecord } from '../../../shared/domain/calls/paid-record.ts';
import type { ProviderState, Share } from '../../../shared/domain/calls/provider-state.ts';
import { gatherSettings, IMAGE_SETTINGS } from '../../../shared/domain/item/image-settings.ts';
import { IMAGE_TYPES } from '../../../shared/domain/item/image-type.ts';
import {
  type AttemptNote,
  ITEM_FAILURE_CODES,
  type Item,
  type ItemHistory,
  type ItemImage,
  type ItemRef,
  type ItemSpec,
  type ItemState,
  type Lease,
  type ReservedCredits,
} from '../../../shared/domain/item/item.ts';
import type { Message } from '../../../shared/domain/item/message.ts';
import { accountAt, type Budget, parseBudgetScope } from '../../../shared/domain/money/budget.ts';
import type { Charge } from '../../../shared/domain/money/charge.ts';
import {
  type TokenCounts,
  type TokenSplit,
  USAGE_BASES,
  USAGE_FLAGS,
} from '../../../shared/domain/money/usage.ts';
import {
  type CsvFormat,
  DELIMITERS,
  FILE_ENCODINGS,
  type FilePosition,
  type JsonFormat,
} from '../../../shared/domain/prompt-file/format.ts';
import type { Axis, Expansion } from '../../../shared/domain/prompt-file/template/axes.ts';
import {
  CATCH_UPS,
  OVERLAPS,
  type Schedule,
  type ScheduleTiming,
} from '../../../shared/domain/schedule/schedule.ts';
import type { TableRow, TableWrite } from '../../../shared/pipeline/ports.ts';
import {
  type BatchPause,
  batchPauseToRow,
  type Parked,
  parkedToRow,
  rowToBatchPause,
  rowToParked,
} from '../../../shared/pipeline/rows/batch-pause-row.ts';
import { batchToRow, rowToBatch } from '../../../shared/pipeline/rows/batch-row.ts';
import { budgetToRow, rowToBudget } from '../../../shared/pipeline/rows/budget-row.ts';
import {
  type CallMinute,
  LATENCY_CLASSES_MS,
  rowToCallMinute,
  writeCallMinute,
} from '../../../shared/pipeline/rows/call-minute-row.ts';
import {
  chargeToRow,
  rowToAccounts,
  rowToCharge,
  rowToSummedCharge,
  SUMMED_FIELDS,
} from '../../../shared/pipeline/rows/charge-row.ts';
import {
  type Checkpoint,
  checkpointWrite,
  readCheckpoint,
} from '../../../shared/pipeline/rows/checkpoint-row.ts';
import { rememberImage, rowToContent } from '../../../shared/pipeline/rows/content-row.ts';
import { addToCost, rollUpOf, rowToCost } from '../../../shared/pipeline/rows/cost-row.ts';
import { type Fields, parseRow } from '../../../shared/pipeline/rows/fields.ts';
import { historyValue, newItemRow, rowToItem, stateFields } from '../../../shared/pipeline/rows/item-row.ts';
import { MARKS, type Mark, markToRow, rowToMark } from '../../../shared/pipeline/rows/mark-row.ts';
import { addProgress, readProgress } from '../../../shared/pipeline/rows/progress-row.ts';
import {
  type ProviderPause,
  pauseToRow,
  rowToPause,
} from '../../../shared/pipeline/rows/provider-pause-row.ts';
import { rowToState, stateToRow } from '../../../shared/pipeline/rows/provider-state-row.ts';
import {
  type RejectedLine,
  rejectedToRow,
  rowToRejected,
} from '../../../shared/pipeline/rows/rejected-row.ts';
import {
  type Reservation,
  reservationToRow,
  rowToReservation,
} from '../../../shared/pipeline/rows/reservation-row.ts';
import { rowToSchedule, scheduleToRow } from '../../../shared/pipeline/rows/schedule-row.ts';
import { rowToRun, runToRow, type ScheduleRun } from '../../../shared/pipeline/rows/schedule-run-row.ts';
import { memoryTable } from '../../simulation/memory/memory-table.ts';
import { recordOf } from '../../support/arbitrary.ts';
import fc from '../../support/property.ts';
import { attemptIdFrom, BATCH, batchIdFrom, CONTENT, MODEL } from '../../support/specimens.ts';

const text = fc.string();
const count = fc.nat();
const yes = fc.constant<true>(true);
const texts = fc.array(text, { maxLength: 3 });
const textMap = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), text, { maxKeys: 3 });
const batchIds = fc.constantFrom(BATCH, batchIdFrom('b-1'));
const attempts = fc.constantFrom(attemptIdFrom('attempt-0001'), attemptIdFrom('attempt-0002'));
const instants = fc.constantFrom('2026-11-21T12:00:00.000Z', '2026-12-31T23:59:59.999Z');
const failureCodes = fc.constantFrom(...FAILURE_CODES);
const scopes = fc.constantFrom('day', 'month', 'tag:who=ann', `batch:${BATCH}`).map((scope) => {
  const parsed = parseBudgetScope(scope);
  if (parsed === undefined) throw new Error(`not a scope: ${scope}`);
  return parsed;
});
const accounts = fc.array(
  scopes.map((scope) => accountAt(scope, 0)),
  { maxLength: 3 },
);

const settings = fc
  .tuple(fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), fc.constantFrom('x', '16:9'), fc.nat(2))
  .map(([given, word, number]) => {
    let nth = 0;
    return {
      ...gatherSettings((name) => {
        nth += 1;
        const { schema } = IMAGE_SETTINGS[name];
        const value = [word, number, '1K'].map((each) => schema.safeParse(each)).find((each) => each.success);
        return given[nth] ? value?.data : undefined;
      }),
      model: MODEL,
    };
  });

const references = recordOf<ItemRef>({ batch: batchIds, row: count, variant: count });
const images = recordOf<ItemImage>(
  {
    key: text,
    sha256: text,
    bytes: count,
    type: fc.constantFrom(...IMAGE_TYPES),
    width: count,
    height: count,
    extras: texts,
  },
  { mismatch: text, notice: text, text },
);

/** Each kind of row: values of its type, and a way to write and to read them back. */
const ROUND_TRIPS = {
  'batch-row': () => {
    const expansion = recordOf<Expansion>(
      { axes: fc.array(recordOf<Axis>({ name: text, values: texts }), { maxLength: 2 }) },
      { prompts: yes, sample: count, seed: text, maxItems: count },
    );
    const options = recordOf<BatchOptions>(
      { variants: count, tags: textMap, settings },
      {
        name: text,
        template: text,
        budgetMicro: count,
        user: text,
        variables: textMap,
        ignoreColumns: texts,
        expansion,
        sheet: text,
        fresh: yes,
        contactSheet: yes,
        run: count,
      },
    );
    const batches = recordOf<Batch>(
      {
        id: batchIds,
        state: fc.constantFrom(...BATCH_STATES),
        key: text,
        version: text,
        options,
        createdAt: instants,
      },
      {
        hadImages: yes,
        items: count,
        rejected: count,
        problem: text,
        completedAt: instants,
        cancelledAt: instants,
      },
    );
    return comesBack(batches, batchToRow, rowToBatch);
  },
  'batch-pause-row': () => {
    const words = { message: text, hint: text, since: instants };
    const pauses = fc.oneof(
      recordOf<Extract<BatchPause, { by: 'person' }>>({ by: fc.constant('person'), ...words }),
      recordOf<Extract<BatchPause, { by: 'budget' }>>(
        { by: fc.constant('budget'), ...words, scope: text, limitMicro: count },
        { untilMs: count },
      ),
    );
    comesBack(
      recordOf<Parked>({ model: text, atMs: count }, { fromRow: count }),
      (parked) => parkedToRow(BATCH, parked),
      rowToParked,
    );
    return comesBack(pauses, (pause: BatchPause) => batchPauseToRow(BATCH, pause), rowToBatchPause);
  },
  'budget-row': () =>
    comesBack(
      recordOf<Budget>(
        {
          scope: scopes,
          limitMicro: count,
          state: fc.constantFrom('open', 'counting'),
          sinceMs: count,
        },
        { warnAt: fc.array(fc.integer({ min: 1, max: 100 })), atLimit: fc.constantFrom('pause', 'tell') },
      ),
      budgetToRow,
      rowToBudget,
    ),
  'call-minute-row': async () => {
    const minutes = recordOf<CallMinute>({
      minuteMs: fc.nat({ max: 1_000 }).map((minute) => minute * 60_000),
      calls: count,
      images: count,
      rateLimited: count,
      failed: count,
      classes: fc.array(count, {
        minLength: LATENCY_CLASSES_MS.length + 1,
        maxLength: LATENCY_CLASSES_MS.length + 1,
      }),
    });
    await fc.assert(
      fc.asyncProperty(minutes, async (minute) => {
        const table = memoryTable();
        await table.write([writeCallMinute(MODEL, minute, 'begin')]);
        expect([...table.rows()].map(rowToCallMinute)).toEqual([minute]);
      }),
    );
  },
  'charge-row': () => {
    comesBack(charges, (charge) => chargeToRow(charge), rowToCharge);
    fc.assert(
      fc.property(charges, accounts, (charge, budgets) => {
        const row = stored(chargeToRow(charge, budgets));
        expect(rowToAccounts(row)).toEqual(budgets);
        const { attempt: _, row: __, variant: ___, usage: ____, ...booked } = charge;
        expect(rowToSummedCharge(row)).toEqual(booked);
        expect(SUMMED_FIELDS).toEqual(expect.arrayContaining(Object.keys(booked)));
      }),
    );
  },
  'checkpoint-row': async () => {
    const encoding = fc.constantFrom(...FILE_ENCODINGS);
    const csv = recordOf<CsvFormat>(
      {
        kind: fc.constant('csv'),
        encoding,
        delimiter: fc.constantFrom(...DELIMITERS),
        lineBreak: fc.constantFrom('\n', '\r'),
        columns: texts,
      },
      { emptyCells: count, unsupported: texts, manifest: yes },
    );
    const jsonLines = recordOf<JsonFormat>({ kind: fc.constant('jsonl'), encoding }, { data: texts });
    const position = recordOf<FilePosition>(
      { byte: count, line: count, row: count },
      { done: yes, lostBytes: count },
    );
    const checkpoints = recordOf<Checkpoint>({
      format: fc.oneof(csv, jsonLines),
      position,
      items: count,
      rejected: count,
    });
    await fc.assert(
      fc.asyncProperty(checkpoints, async (checkpoint) => {
        const table = memoryTable();
        await table.write([checkpointWrite(BATCH, checkpoint)]);
        expect(await readCheckpoint(table, BATCH)).toEqual(checkpoint);
      }),
    );
  },
  'content-row': () =>
    comesBack(
      fc.record({ image: images, madeFor: references }),
      ({ image, madeFor }) => rowOf(rememberImage({ ...madeFor, content: CONTENT }, image)),
      rowToContent,
    ),
  'cost-row': async () => {
    await fc.assert(
      fc.asyncProperty(charges, async (charge) => {
        const table = memoryTable();
        await table.write([addToCost(charge)]);
        expect([...table.rows()].map(rowToCost)).toEqual([rollUpOf(charge)]);
      }),
    );
  },
  'item-row': () => {
    const history = recordOf<ItemHistory>(
      {
        failures: fc.dictionary(failureCodes, count),
        billable: count,
        crashes: count,
        plainRequest: fc.boolean(),
      },
      {
        sharedCrashes: count,
        maxTokens: count,
        paused: recordOf<NonNullable<ItemHistory['paused']>>(
          { times: count, sentAtMs: count },
          { code: fc.constantFrom(...FAILURE_CODES) },
        ),
        kept: attempts,
      },
    );
    const reserved = recordOf<ReservedCredits>({ id: text, micro: count, accounts });
    const lease = recordOf<Lease>(
      { attempt: attempts, startedAtMs: count, untilMs: count },
      { reserved, others: count },
    );
    const notes = recordOf<AttemptNote>(
      { attempt: attempts, at: instants, outcome: text, workMs: count },
      { chargedAt: instants },
    );
    const states: { [Kind in ItemState['kind']]: fc.Arbitrary<Extract<ItemState, { kind: Kind }>> } = {
      queued: recordOf<Extract<ItemState, { kind: 'queued' }>>({
        kind: fc.constant('queued'),
        notBeforeMs: count,
      }),
      working: recordOf<Extract<ItemState, { kind: 'working' }>>({ kind: fc.constant('working'), lease }),
      done: recordOf<Extract<ItemState, { kind: 'done' }>>({
        kind: fc.constant('done'),
        image: images,
        attempt: attempts,
      }),
      reused: recordOf<Extract<ItemState, { kind: 'reused' }>>({
        kind: fc.constant('reused'),
        image: images,
        madeFor: references,
      }),
      failed: recordOf<Extract<ItemState, { kind: 'failed' }>>(
        { kind: fc.constant('failed'), code: fc.constantFrom(...ITEM_FAILURE_CODES), message: text },
        { text },
      ),
      cancelled: fc.constant({ kind: 'cancelled' }),
    };
    const messages = recordOf<Message>({
      role: fc.constantFrom('system', 'user', 'assistant'),
      content: fc.array(fc.oneof(text, count), { maxLength: 3 }),
    });
    const specs = recordOf<ItemSpec>(
      {
        row: count,
        variant: count,
        fileName: text,
        prompt: text,
        settings,
        references: texts,
        tags: textMap,
        columns: textMap,
      },
      { id: text, user: text, messages: fc.array(messages) },
    );
    type Rest = Omit<Item, keyof ItemSpec>;
    const rests = recordOf<Rest>(
      {
        batch: batchIds,
        state: fc.oneof(...Object.values(states)),
        history,
        creditsMicro: count,
        creditsMaxUnknownMicro: count,
        workMs: count,
      },
      { content: fc.constant(CONTENT), mayHaveImage: yes, attempts: fc.array(notes, { maxLength: 2 }) },
    );
    comesBack(
      fc.tuple(specs, rests).map(([spec, rest]): Item => ({ ...spec, ...rest, content: CONTENT })),
      ({ batch, state, history: past, content: _, mayHaveImage: hadImages, ...item }) => ({
        ...newItemRow({ id: batch, ...(hadImages && { hadImages }) }, item, CONTENT, {
          kind: 'queued',
          notBeforeMs: 0,
        }),
        ...stateFields(state),
        history: historyValue(past),
        creditsMicro: item.creditsMicro,
        creditsMaxUnknownMicro: item.creditsMaxUnknownMicro,
        workMs: item.workMs,
        attempts: item.attempts?.map((note) => ({ ...note })),
      }),
      rowToItem,
    );
  },
  'mark-row': () =>
    comesBack(
      recordOf<Mark>({ row: count, variant: count, mark: fc.constantFrom(...MARKS), by: text, at: instants }),
      (mark) => markToRow(BATCH, mark),
      rowToMark,
    ),
  'progress-row': async () => {
    const progress = recordOf<Progress>({
      done: count,
      reused: count,
      failed: count,
      cancelled: count,
      creditsMicro: count,
      creditsMaxUnknownMicro: count,
    });
    await fc.assert(
      fc.asyncProperty(progress, async (added) => {
        const table = memoryTable();
        await table.write([addProgress(BATCH, 3, added)]);
        expect(await readProgress(table, BATCH)).toEqual(added);
      }),
    );
  },
  'provider-pause-row': () =>
    comesBack(
      recordOf<ProviderPause>(
        {
          model: text,
          code: fc.oneof(failureCodes, fc.constant<'person'>('person')),
          message: text,
          hint: text,
          since: instants,
        },
        { untilMs: count, access: text, isGuests: fc.boolean() },
      ),
      pauseToRow,
      rowToPause,
    ),
  'provider-state-row': () => {
    const figure = fc.double({ min: 0, max: 1e12, noNaN: true }).map((each) => each + 0);
    const limiter = recordOf<Limiter>(
      {
        probeAtMs: figure,
        probeAllowance: figure,
        notBeforeMs: figure,
        lastSlotMs: figure,
        cutAtMs: figure,
        takenSince: count,
        takenSinceCut: count,
        unexplained: count,
        taken: fc.dictionary(fc.constantFrom('1', '2'), count),
      },
      {
        rate: figure,
        limit: figure,
        earlierLimit: figure,
        isSlack: fc.boolean(),
        isWindow: fc.boolean(),
        doublesInMs: figure,
        emptySinceMs: figure,
        wait: fc.record({ sinceMs: figure, probeAtMs: figure }),
      },
    );
    const breaker = recordOf<Breaker>(
      {
        failures: count,
        probes: count,
        nextProbeAtMs: figure,
        slowestFailureMs: figure,
        succeededMs: figure,
        failedMs: figure,
      },
      {
        openSinceMs: figure,
        unanswered: fc.record({ sentAtMs: figure, nextCallAtMs: figure, callsLeft: count }),
      },
    );
    const record = recordOf<PaidRecord>(
      {
        images: count,
        useless: count,
        streak: count,
        streakItems: count,
        streakNames: texts,
        streakSinceMs: figure,
        streakSentMs: figure,
        imageSentMs: figure,
      },
      { trial: fc.record({ sinceMs: figure, untilMs: figure }) },
    );
    const shares = fc.dictionary(
      fc.constantFrom('a', 'b'),
      recordOf<Share>({ calls: count, untilMs: figure }),
    );
    comesBack(
      fc.record({ version: count, state: recordOf<ProviderState>({ limiter, breaker, record, shares }) }),
      (state) => stateToRow(MODEL, state),
      rowToState,
    );
  },
  'rejected-row': () =>
    comesBack(
      recordOf<RejectedLine>({ row: count, line: count, reason: text }, { column: text }),
      (line) => rejectedToRow(BATCH, line),
      rowToRejected,
    ),
  'reservation-row': () =>
    comesBack(
      recordOf<Reservation>({
        id: text,
        accounts,
        heldMicro: fc.integer(),
        openMicro: fc.integer(),
        spentMicro: fc.integer(),
        state: fc.constantFrom('open', 'closing'),
        expiresAtMs: count,
      }),
      reservationToRow,
      rowToReservation,
    ),
  'schedule-row': () => {
    type Timing<Kind extends ScheduleTiming['kind']> = Extract<ScheduleTiming, { kind: Kind }>;
    const timings: { [Kind in ScheduleTiming['kind']]: fc.Arbitrary<Timing<Kind>> } = {
      cron: recordOf<Timing<'cron'>>({ kind: fc.constant('cron'), expression: text }),
      rate: recordOf<Timing<'rate'>>({ kind: fc.constant('rate'), minutes: count }),
      at: recordOf<Timing<'at'>>({ kind: fc.constant('at'), wall: text }),
    };
    const schedules = recordOf<Schedule>(
      {
        name: text,
        timing: fc.oneof(...Object.values(timings)),
        timeZone: text,
        sourceKey: text,
        ownsSource: fc.boolean(),
        metadata: textMap,
        overlap: fc.constantFrom(...OVERLAPS),
        catchUp: fc.constantFrom(...CATCH_UPS),
        paused: fc.boolean(),
        createdAt: instants,
        startAt: instants,
        runs: count,
        seenUntil: instants,
      },
      { endAt: instants },
    );
    comesBack(schedules, scheduleToRow, rowToSchedule);
  },
  'schedule-run-row': () => {
    type Run<State extends ScheduleRun['state']> = Extract<ScheduleRun, { state: State }>;
    const runs: { [State in ScheduleRun['state']]: fc.Arbitrary<Run<State>> } = {
      begun: recordOf<Run<'begun'>>({ plannedAt: instants, state: fc.constant('begun'), run: count }),
      submitted: recordOf<Run<'submitted'>>({
        plannedAt: instants,
        state: fc.constant('submitted'),
        run: count,
        batch: batchIds,
        key: text,
      }),
      failed: recordOf<Run<'failed'>>({
        plannedAt: instants,
        state: fc.constant('failed'),
        run: count,
        reason: text,
      }),
      skipped: recordOf<Run<'skipped'>>({ plannedAt: instants, state: fc.constant('skipped'), reason: text }),
    };
    comesBack(fc.oneof(...Object.values(runs)), (run: ScheduleRun) => runToRow('weekly', run), rowToRun);
  },
  /** Read by nobody: its key and its row's number are all of it (`unique-rows.test.ts`). */
  'unique-row': () => undefined,
};

const charges = recordOf<Charge>(
  {
    attempt: attempts,
    batch: batchIds,
    row: count,
    variant: count,
    model: text,
    provider: text,
    rate: fc.double({ min: 1e-9, max: 1e6, noNaN: true }),
    at: instants,
    outcome: fc.constantFrom('image', 'duplicate', 'unknown', ...FAILURE_CODES),
    images: count,
    tags: textMap,
    split: recordOf<TokenSplit>({
      inputTokens: count,
      textTokens: count,
      imageTokens: count,
      basis: fc.constantFrom(...USAGE_BASES),
      flags: fc.subarray([...USAGE_FLAGS]),
    }),
    price: text,
    creditsMicro: count,
    creditsMaxMicro: count,
    usage: fc.option(
      recordOf<TokenCounts>(
        {},
        {
          promptTokens: count,
          completionTokens: count,
          totalTokens: count,
          reasoningTokens: count,
          imageTokens: count,
        },
      ),
      { nil: undefined },
    ),
  },
  { costUsd: fc.double({ min: 0, max: 1e6, noNaN: true }), size: text, user: text },
);

describe('a stored row', () => {
  test.each(Object.entries(ROUND_TRIPS))('%s brings back every field that was written', (_, roundTrip) =>
    roundTrip(),
  );

  test('has its round trip here, whatever its kind', () => {
    const modules = globSync('shared/pipeline/rows/*-row.ts').map((path) => basename(path, '.ts'));

    expect(Object.keys(ROUND_TRIPS).toSorted()).toEqual(modules.toSorted());
  });

  test('has a schema that names each field of its type, or does not compile', () => {
    const row = { row: 1, line: 2 };
    const whole = {
      row: z.number(),
      line: z.number(),
      column: z.exactOptional(z.string()),
      reason: z.string(),
    } satisfies Fields<RejectedLine>;

    const { column: _, ...partial } = whole;
    // @ts-expect-error An optional field is missing: the schema would strip it.
    partial satisfies Fields<RejectedLine>;
    // @ts-expect-error A field that the type does not have.
    ({ ...whole, other: z.number() }) satisfies Fields<RejectedLine>;

    expect(() => parseRow(z.object(whole), { pk: 'a', sk: 'b', ...row })).toThrow('not readable at reason');
  });
});

function comesBack<Value>(
  values: fc.Arbitrary<Value>,
  toRow: (value: Value) => TableRow,
  fromRow: (row: TableRow) => Value,
): void {
  fc.assert(
    fc.property(values, (value) => {
      expect(fromRow(stored(toRow(value)))).toEqual(value);
    }),
  );
}

/** As a table gives it back: without what is undefined. */
function stored(row: TableRow): TableRow {
  return JSON.parse(JSON.stringify(row));
}

function rowOf([write]: readonly TableWrite[]): TableRow {
  if (write?.kind !== 'put') throw new Error('no row is put');
  return write.row;
}
