import type { Command } from 'commander';
import { creditRate } from '../../../shared/domain/configuration/credit-rate.ts';
import { formatCredits } from '../../../shared/domain/money/money.ts';
import { rateText } from '../../../shared/domain/money/money-text.ts';
import { priceOn } from '../../../shared/domain/money/prices.ts';
import { dayOfMs } from '../../../shared/domain/time/calendar.ts';
import type { Act, GlobalOptions } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { addHelp } from '../../flags/help.ts';
import { printPriceSource, stageConfigOf } from '../../stage/stages.ts';
import { textTable } from '../../text/text-table.ts';

/** `pressrun prices`: the prices in use, from when, and where each is from. */
export function definePrices(command: Command, act: Act): void {
  addHelp(command, HELP).action(
    act(async ({ out }, options: GlobalOptions) => {
      const config = await stageConfigOf(options);
      const { prices, models, providers } = config;
      printPriceSource(out, config);
      const today = dayOfMs(Date.now());
      const rows = prices.prices.map((price) => {
        const tokens = models.get(price.model)?.imageTokens['1K'];
        return {
          ...price,
          holds: priceOn(prices, price.model, today)?.name === price.name,
          creditsPer1kImage: tokens === undefined ? undefined : (tokens * price.imageMicro) / 1e6,
        };
      });
      const header = [
        'price',
        'model',
        'from',
        'holds',
        'input',
        'text out',
        'image out',
        '1K image',
        'source',
      ];
      const lines = rows.map((row) => [
        row.name,
        row.model,
        row.from,
        row.holds ? 'yes' : 'no',
        formatCredits(row.inputMicro),
        formatCredits(row.textMicro),
        formatCredits(row.imageMicro),
        row.creditsPer1kImage === undefined ? '?' : String(row.creditsPer1kImage),
        row.source,
      ]);
      const rate = creditRate({ providers, models });
      const note = `credits per token; 1K image: credits of its image tokens alone. ${rateText(rate)}.`;
      out.result(`${textTable(header, lines)}\n${note}`, {
        prices: rows,
        usdPerCredit: rate.kind === 'one' ? rate.usdPerCredit : null,
        usdNote: rate.kind === 'one' ? rate.source : rate.message,
      });
      return EXIT.ok;
    }),
  );
}

const HELP = {
  examples: `  $ pressrun prices
  $ PRESSRUN_PRICE=pro-half pressrun prices         an alternative, by its name
  $ PRESSRUN_PRICES=prices.json pressrun prices     your own list`,
  notes: `Each price applies from its day on. Recorded charges never change.`,
};
