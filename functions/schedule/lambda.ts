import { createClients } from '../../shared/aws/clients.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { createTelling } from '../../shared/runtime/lambda/telling.ts';
import { createStores } from '../../shared/runtime/stores.ts';
import { createHandler } from './handler.ts';

const config = readConfig();
const { log } = createTelling(config);
const { store } = createStores(config, createClients(config), systemClock());

/** What EventBridge Scheduler calls with the tick of a schedule. */
export const handler = createHandler({ store, log });
