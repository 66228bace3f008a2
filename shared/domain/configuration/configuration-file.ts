import * as z from 'zod/mini';
import { IMAGE_SIZES } from '../calls/models.ts';

const text = z.string().check(z.minLength(1));
const atLeastOne = z.int().check(z.positive());
const ratio = z.string().check(z.regex(/^\d{1,2}:\d{1,2}$/));
const name = z.string().check(z.regex(/^[\w.:/-]{1,100}$/));
const perToken = z.number().check(z.nonnegative());

/** Says what a value is for: the JSON Schema and the reference table in `docs/` are generated from these. */
function described<Schema extends z.ZodMiniType>(schema: Schema, description: string): Schema {
  return schema.check(z.describe(description));
}

const optional = <Schema extends z.ZodMiniType>(schema: Schema, description: string) =>
  z.optional(described(schema, description));

const DIALECT =
  'How aspect ratio and size are sent: `none` (in the prompt), `openrouter` (`image_config`), or `google` (`extra_body.google`)';

const provider = z.strictObject({
  baseUrl: described(z.url({ protocol: /^https?$/ }), 'Address before `/chat/completions`'),
  keyVariable: optional(
    z.string().check(z.regex(/^[A-Z_][A-Z0-9_]*$/)),
    'Environment variable that holds the API key; without one no key is sent',
  ),
  keySecret: optional(text, 'Secret in AWS Secrets Manager that holds the key on a deployed stage'),
  dialect: optional(z.enum(['none', 'openrouter', 'google']), `${DIALECT}; for models that name none`),
  headers: optional(z.record(text, z.string()), 'Headers to send with each call; never a key'),
  linkHosts: optional(
    z.array(text),
    'Hosts from which images given by link are fetched; `*.example.com` is every name below it',
  ),
  usdPerCredit: optional(
    z.number().check(z.positive()),
    'What one credit of this provider costs in US dollars',
  ),
  usdNote: optional(text, 'Where that rate is from'),
});

const model = z.strictObject({
  provider: optional(text, 'Name of the provider that serves the model'),
  sendAs: optional(text, 'Model id on the wire'),
  aliases: optional(z.array(name), 'Other names for the model in files and flags'),
  redirectTo: optional(name, 'Model to use instead, such as the successor of a retired one'),
  dialect: optional(z.enum(['none', 'openrouter', 'google']), DIALECT),
  stream: optional(z.boolean(), 'Ask for a stream of events'),
  aspectRatios: optional(z.array(ratio), 'Aspect ratios that the model offers'),
  imageTokens: optional(
    z.partialRecord(z.enum(IMAGE_SIZES), z.int().check(z.nonnegative())),
    'Output tokens of one image, by size; these are the sizes that the model offers',
  ),
  referenceTokens: optional(z.int().check(z.nonnegative()), 'Input tokens of one reference image'),
  requestsPerMinute: optional(
    atLeastOne,
    'Fixed rate limit of all workers together; without it, it is measured',
  ),
  concurrency: optional(atLeastOne, 'Most calls in progress at a time, of all workers together'),
  price: optional(z.union([text, z.array(text)]), 'Names of prices to use instead of the ordinary ones'),
});

const rates = z.strictObject({
  input: described(perToken, 'Input tokens'),
  text: described(perToken, 'Text output tokens, thinking included'),
  image: described(perToken, 'Image output tokens'),
});

const price = z.strictObject({
  name: described(z.string().check(z.regex(/^[\w.-]{1,60}$/)), 'Name; each charge names its price'),
  model: described(name, 'Model that the price is for'),
  from: described(z.iso.date(), 'First day, in UTC'),
  source: described(text, 'Where the figures are from'),
  alternative: optional(z.boolean(), 'Holds only where it is chosen by name'),
  ceiling: optional(
    z.enum(['one-image', 'max-tokens']),
    'The most that a call can cost: `one-image` and text, or all of `max_tokens` as image',
  ),
  creditsPerMillion: optional(rates, 'Credits per million tokens'),
  usdPerMillion: optional(
    rates,
    "US dollars per million tokens; the provider's `usdPerCredit` makes credits of them",
  ),
});

const defaults = z.strictObject({
  model: optional(name, 'Model for rows without one'),
  referenceHosts: optional(z.array(text), 'Hosts from which reference images given by link are fetched'),
  itemsAtOnce: optional(atLeastOne.check(z.maximum(500)), 'Calls in progress at a time in one worker'),
  maxAnswerMiB: optional(atLeastOne.check(z.maximum(1024)), 'Largest response that is read'),
  unknownOutcomes: optional(
    z.enum(['retry', 'hold']),
    'What happens to an item whose response was lost: `retry` sends it again, `hold` waits for you',
  ),
});

const stage = z.strictObject({
  keepData: optional(z.boolean(), 'Table and bucket outlive the stack, and the table refuses to be deleted'),
  logRetentionDays: optional(z.literal([7, 30, 90, 365]), 'Days that logs are kept'),
  quarantineDays: optional(atLeastOne, 'Days that responses without a usable image are kept'),
  oldVersionDays: optional(atLeastOne, 'Days that overwritten objects are kept'),
  unknownOutcomes: optional(z.enum(['retry', 'hold']), 'As in `defaults`, for this stage'),
  referenceHosts: optional(z.array(text), 'As in `defaults`, for this stage'),
  itemsAtOnce: optional(atLeastOne, 'Calls in progress at a time in one invocation'),
  invocationsAtOnce: optional(z.int().check(z.minimum(2), z.maximum(1000)), 'Invocations at a time'),
  memoryMiB: optional(
    z.int().check(z.minimum(128), z.maximum(10240)),
    'Memory of the function that calls the provider',
  ),
  timeoutMinutes: optional(z.int().check(z.minimum(6), z.maximum(15)), 'Time-out of that function'),
  maxAnswerMiB: optional(atLeastOne.check(z.maximum(1024)), 'As in `defaults`, for this stage'),
  alarmEmail: optional(z.email(), 'Who gets the alarms by mail'),
  creditsPerHourAlarm: optional(atLeastOne, 'Alarm when more credits than this are spent in an hour'),
  oldestWorkHoursAlarm: optional(atLeastOne, 'Alarm when an item has waited this long'),
  oldestUploadMinutesAlarm: optional(atLeastOne, 'Alarm when an upload has waited this long'),
});

/** What `pressrun.config.json` may say. Everything is laid over the built-in providers, models and prices, by name. */
export const configurationFile = z.strictObject({
  $schema: optional(z.string(), 'JSON Schema of this file, for editors'),
  providers: optional(z.record(name, provider), 'Providers by name; `core-today` is built in'),
  models: optional(z.record(name, model), 'Models by the name that files and reports use'),
  prices: optional(z.array(price), 'Dated prices; one of the same name replaces a built-in one'),
  defaults: optional(defaults, 'Values for whatever a file or flag leaves open'),
  stages: optional(z.record(name, stage), 'Settings of deployed stages by name'),
});

export type ConfigurationFile = Readonly<z.infer<typeof configurationFile>>;
export type ProviderEntry = Readonly<z.infer<typeof provider>>;
export type ModelEntry = Readonly<z.infer<typeof model>>;
export type PriceEntry = Readonly<z.infer<typeof price>>;
export type StageEntry = Readonly<z.infer<typeof stage>>;
