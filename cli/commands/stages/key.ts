import type { Command } from 'commander';
import { createStoreClients } from '../../../shared/aws/late-clients.ts';
import { writeKey } from '../../../shared/aws/secret.ts';
import { systemClock } from '../../../shared/aws/system-clock.ts';
import { endPauses, readPauses } from '../../../shared/pipeline/rate/provider-pauses.ts';
import type { Config } from '../../../shared/runtime/config.ts';
import { findStage, withStageNames } from '../../../shared/runtime/find-stage.ts';
import { KEY_FRESH_MS } from '../../../shared/runtime/key-reader.ts';
import { createStores } from '../../../shared/runtime/stores.ts';
import type { Act, GlobalOptions } from '../../command.ts';
import { EXIT } from '../../exit-codes.ts';
import { addHelp } from '../../flags/help.ts';
import { configOf } from '../../stage/stages.ts';
import { isEmbedded } from '../../stage-names.ts';
import { UsageError } from '../../usage-error.ts';
import { readHidden } from './hidden-input.ts';

/** `pressrun key set --stage S`: sets the key, and ends the pause for lack of one. */
export function defineKey(command: Command, act: Act): void {
  const set = addHelp(command, HELP)
    .command('set')
    .description("Store a deployed stage's key, from the terminal without echo, or from stdin");
  addHelp(set, HELP).action(
    act(async ({ out }, options: GlobalOptions) => {
      const config = configOf(options);
      const place = await keyPlaceOf(config);
      const key = await readHidden(process.stdin, (line) => out.say(line), `key for stage ${config.stage}:`);
      if (!/^[\x21-\x7e]+$/.test(key)) {
        throw new UsageError('that is no key: it is empty, or has spaces or characters that no key has');
      }
      await writeKey(place, key, { region: config.region });
      const ended = await endKeyPause(config);
      const seconds = KEY_FRESH_MS / 1_000;
      out.say(`the key of stage ${config.stage} is set; every worker takes it within ${seconds} seconds`);
      if (ended)
        out.say('ended the pause for a missing or rejected key; waiting items resume within 5 minutes');
      out.result('', { stage: config.stage, set: true, pauseEnded: ended });
      return EXIT.ok;
    }),
  );
}

const HELP = {
  examples: `  $ pressrun key set --stage prod               asks for the key, without echo
  $ pressrun key set --stage prod < key.txt     reads it from stdin`,
};

async function keyPlaceOf(config: Config): Promise<string> {
  const { stage } = config;
  if (isEmbedded(stage)) {
    throw new UsageError(
      'the local stage takes its key from CORE_TODAY_API_KEY; name a deployed one with --stage',
    );
  }
  const record = await findStage(config);
  if (record !== undefined) return record.keySecret;
  throw new UsageError(
    `no stage named ${stage} is deployed in this region: pressrun deploy --stage ${stage}`,
  );
}

/** A refused key pauses the whole provider until there is a new one. */
async function endKeyPause(config: Config): Promise<boolean> {
  const clients = createStoreClients(config);
  try {
    const clock = systemClock();
    const stores = createStores(await withStageNames(config), clients, clock);
    const pauses = await readPauses({ ...stores, clock, models: config.models }, []);
    if (!pauses.some(({ code }) => code === 'auth')) return false;
    await endPauses({ ...stores, models: config.models }, []);
    return true;
  } finally {
    clients.close();
  }
}
