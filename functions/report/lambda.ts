import { createStoreClients } from '../../shared/aws/late-clients.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { createTelemetry } from '../../shared/runtime/lambda/telemetry.ts';
import { createStores } from '../../shared/runtime/stores.ts';
import { createHandler } from './handler.ts';

const config = readConfig();
const clock = systemClock();
const { log } = createTelemetry(config);

/** What Lambda calls with a cost question. */
export const handler = createHandler({
  ...createStores(config, createStoreClients(config), clock),
  clock,
  prices: config.prices,
  models: config.models,
  providers: config.providers,
  log,
});
