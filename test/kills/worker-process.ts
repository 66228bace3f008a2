import { openSync, writeSync } from 'node:fs';
import { startWorkers } from '../../local/stage/workers.ts';
import type { Effects } from '../../shared/pipeline/effects.ts';
import { sharedClock } from './hastened.ts';
import { runtimeOf, type StageAddress } from './kill-stage.ts';

/**
 * One worker of several on a stage: `node worker-process.ts ADDRESS JOURNAL`. Each call is written down
 * before it begins and when its image is stored, so that whoever kills this process knows what was in progress.
 */
const [, , addressText = '', journal = ''] = process.argv;
const address: StageAddress = JSON.parse(addressText);
const runtime = await runtimeOf(address, sharedClock(address));
const file = openSync(journal, 'a');
const { itemsAtOnce } = address;
const workers = startWorkers(
  journaled(runtime.effects, (line) => writeSync(file, `${line}\n`)),
  { itemsAtOnce, watchUploads: false, isAlone: false },
);
process.on('SIGTERM', async () => {
  await workers.stop();
  process.exit(0);
});

function journaled(effects: Effects, write: (line: 'begin' | 'end') => void): Effects {
  const { provider, store } = effects;
  return {
    ...effects,
    provider: {
      ...provider,
      call: async (...call) => {
        write('begin');
        const outcome = await provider.call(...call);
        if (outcome.kind === 'failure') write('end');
        return outcome;
      },
    },
    store: {
      ...store,
      put: async (key, body, options) => {
        const result = await store.put(key, body, options);
        if (options.onlyIfAbsent) write('end');
        return result;
      },
    },
  };
}
