import { keyStores } from '../../shared/aws/secret.ts';
import { systemClock } from '../../shared/aws/system-clock.ts';
import { webhookParameter } from '../../shared/names.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { createTelemetry } from '../../shared/runtime/lambda/telemetry.ts';
import { createHandler } from './handler.ts';

const config = readConfig();
const readSecret = keyStores();
const { webhook, webhookSecret: place } = config;

/** What EventBridge calls with each event of the stage. */
export const handler = createHandler({
  clock: systemClock(),
  log: createTelemetry(config).log,
  readTarget: async () => {
    const secret = place && (await readSecret(place));
    if (webhook === undefined || !secret) {
      throw new Error(`the webhook has no secret: put one into ${place ?? webhookParameter(config.stage)}`);
    }
    return { ...webhook, secret };
  },
});
