import { eventBus } from '../../shared/aws/event-bus.ts';
import { createStoreClients } from '../../shared/aws/late-clients.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { createTelemetry } from '../../shared/runtime/lambda/telemetry.ts';
import { createAnnouncer } from '../../shared/runtime/reporting/announcer.ts';
import { createStores } from '../../shared/runtime/stores.ts';
import { createHandler } from './handler.ts';

const config = readConfig();
const { log } = createTelemetry(config);
const { table, store } = createStores(config, createStoreClients(config), systemClock());
const announcer = createAnnouncer(eventBus(), config);
const runTick = createHandler({ table, store, log, notify: announcer.see });

/** What EventBridge Scheduler calls with the tick of a schedule. */
export async function handler(payload: unknown) {
  try {
    return await runTick(payload);
  } finally {
    await announcer.send({ table, log });
  }
}
