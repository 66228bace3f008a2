import type { Command } from 'commander';
import { type DayWindow, parseDay, windowOfLast } from '../../../shared/domain/time/calendar.ts';
import { type TimeZone, timeZone, UTC } from '../../../shared/domain/time/time-zone.ts';
import { firstBatchDay } from '../../../shared/pipeline/batch/batches.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import type { Config } from '../../../shared/runtime/config.ts';
import type { CommandContext } from '../../command.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { endingAtOnce } from '../../stage/interrupts.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import { printPriceSource, type StageOptions } from '../../stage/stages.ts';
import { type Ledger, withLedger } from '../../stage/with-ledger.ts';
import { UsageError } from '../../usage-error.ts';

export interface WindowOptions extends StageOptions {
  readonly from?: string;
  readonly to?: string;
  readonly last?: string;
  readonly tz?: string;
}

/** What a question about money is asked of. */
export interface Asked {
  readonly effects: Ledger;
  readonly config: Config;
  readonly window: DayWindow;
  readonly zone: TimeZone;
}

/** Gives a command the options of a window of days. */
export function withWindow(command: Command): Command {
  return command
    .option('--from <day>', 'First day, such as 2026-11-01 [the first]')
    .option('--to <day>', 'Last day [today]')
    .option('--last <length>', 'Days, weeks, or months up to the last day: 7d, 2w, 1m')
    .option(...SIMULATE);
}

export function withZone(command: Command): Command {
  return command.option('--tz <zone>', 'Time zone of the days, such as Europe/Berlin [UTC]');
}

/** Checks the options, opens the stage that is meant, and asks. Throws `UsageError` on a window that is none. */
export async function queryStage<Result>(
  { out, interrupted }: CommandContext,
  options: WindowOptions,
  ask: (asked: Asked) => Promise<Result>,
): Promise<Result> {
  const zone = parseZone(options.tz ?? UTC.name);
  const given = parseWindow(options);
  const config = await readOnlyConfig(out, options);
  printPriceSource(out, config);
  const askLedger = async (effects: Ledger) => {
    const today = zone.dayOf(new Date(effects.clock.now()).toISOString());
    const window = await completeWindow(effects, given, today);
    if (window.from > window.to) throw new UsageError(`--from ${window.from} is after --to ${window.to}`);
    return await ask({ effects, config, window, zone });
  };
  return await endingAtOnce(interrupted, () => withLedger(config, askLedger));
}

type GivenWindow = Readonly<Record<'from' | 'to' | 'last', string | undefined>>;

function parseWindow({ from, to, last }: WindowOptions): GivenWindow {
  if (last !== undefined && from !== undefined) throw new UsageError('--last and --from: give one of them');
  if (last !== undefined && windowOfLast(last, '2026-01-01') === undefined) {
    throw new UsageError(`--last is "${last}"; it must be a length such as 7d, 2w or 1m, up to ten years`);
  }
  return { from: dayOption('--from', from), to: dayOption('--to', to), last };
}

async function completeWindow(
  { table }: Pick<Effects, 'table'>,
  given: GivenWindow,
  today: string,
): Promise<DayWindow> {
  const to = given.to ?? today;
  const last = given.last === undefined ? undefined : windowOfLast(given.last, to);
  if (last !== undefined) return last;
  if (given.from !== undefined) return { from: given.from, to };
  const first = await firstBatchDay(table);
  // All there is, even if the last day that is asked for was before it.
  return { from: first === undefined || first > to ? to : first, to };
}

function dayOption(flag: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const day = parseDay(text);
  if (day !== undefined) return day;
  throw new UsageError(`${flag} is "${text}"; it must be a day such as 2026-11-21`);
}

function parseZone(name: string): TimeZone {
  const zone = timeZone(name);
  if (zone !== undefined) return zone;
  throw new UsageError(`--tz is "${name}"; it must be a time zone such as Europe/Berlin or UTC`);
}
