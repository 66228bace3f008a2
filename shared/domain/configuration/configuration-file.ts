import * as z from 'zod/mini';
import { IMAGE_SIZES } from '../calls/models.ts';
import { PRICE_CEILINGS } from '../money/prices.ts';

const text = z.string().check(z.minLength(1));
const atLeastOne = z.int().check(z.positive());
const tokens = z.int().check(z.nonnegative());
const ratio = z.string().check(z.regex(/^\d{1,2}:\d{1,2}$/));
const name = z.string().check(z.regex(/^[\w.:/-]{1,100}$/));
const httpAddress = z.string().check(z.regex(/^https?:\/\/[^\s/]+/));
const mailAddress = z.string().check(z.regex(/^[^\s@]+@[^\s@]+$/));
const arn = z.string().check(z.regex(/^arn:[\w-]+:\w+:/));
const perToken = z.number().check(z.nonnegative());
const dialect = z.enum(['none', 'openrouter', 'google']);
const unknownOutcomes = z.enum(['retry', 'hold']);
const mebibytes = atLeastOne.check(z.maximum(1024));

const provider = z.strictObject({
  baseUrl: httpAddress,
  keyVariable: z.optional(z.string().check(z.regex(/^[A-Z_][A-Z0-9_]*$/))),
  keySecret: z.optional(text),
  dialect: z.optional(dialect),
  headers: z.optional(z.record(text, z.string())),
  linkHosts: z.optional(z.array(text)),
  usdPerCredit: z.optional(z.number().check(z.positive())),
  usdNote: z.optional(text),
});

const model = z.strictObject({
  provider: z.optional(text),
  sendAs: z.optional(text),
  aliases: z.optional(z.array(name)),
  redirectTo: z.optional(name),
  dialect: z.optional(dialect),
  stream: z.optional(z.boolean()),
  aspectRatios: z.optional(z.array(ratio)),
  imageTokens: z.optional(z.partialRecord(z.enum(IMAGE_SIZES), tokens)),
  referenceTokens: z.optional(tokens),
  promptPrefix: z.optional(z.string()),
  requestsPerMinute: z.optional(atLeastOne),
  concurrency: z.optional(atLeastOne),
  price: z.optional(z.union([text, z.array(text)])),
});

const rates = z.strictObject({ input: perToken, text: perToken, image: perToken });

const price = z.strictObject({
  name: z.string().check(z.regex(/^[\w.-]{1,60}$/)),
  model: name,
  from: z.iso.date(),
  source: text,
  alternative: z.optional(z.boolean()),
  ceiling: z.optional(z.enum(PRICE_CEILINGS)),
  creditsPerMillion: z.optional(rates),
  usdPerMillion: z.optional(rates),
});

/** CloudWatch Logs' choices. */
const LOG_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** A folder of the bucket. */
const keyPrefix = z.string().check(z.regex(/^[^/\s,*]+\/(?:[^/\s,*]+\/)*$/));

const defaults = z.strictObject({
  model: z.optional(name),
  referenceHosts: z.optional(z.array(text)),
  referencePrefixes: z.optional(z.array(keyPrefix)),
  itemsAtOnce: z.optional(atLeastOne.check(z.maximum(500))),
  maxAnswerMiB: z.optional(mebibytes),
  unknownOutcomes: z.optional(unknownOutcomes),
  webhook: z.optional(httpAddress),
  allowPrivateWebhook: z.optional(z.boolean()),
});

const statement = z.strictObject({
  dayColumn: z.optional(text),
  modelColumn: z.optional(text),
  creditsColumn: z.optional(text),
  usdColumn: z.optional(text),
  usdPerCredit: z.optional(z.number().check(z.positive())),
  timeZone: z.optional(text),
});

const stage = z.strictObject({
  keepData: z.optional(z.boolean()),
  logRetentionDays: z.optional(z.literal(LOG_DAYS)),
  quarantineDays: z.optional(atLeastOne),
  oldVersionDays: z.optional(atLeastOne),
  unknownOutcomes: z.optional(unknownOutcomes),
  referenceHosts: z.optional(z.array(text)),
  referencePrefixes: z.optional(z.array(keyPrefix)),
  itemsAtOnce: z.optional(atLeastOne),
  invocationsAtOnce: z.optional(z.int().check(z.minimum(2), z.maximum(1000))),
  memoryMiB: z.optional(z.int().check(z.minimum(128), z.maximum(10_240))),
  timeoutMinutes: z.optional(z.int().check(z.minimum(6), z.maximum(15))),
  polling: z.optional(z.boolean()),
  maxAnswerMiB: z.optional(mebibytes),
  alarmEmail: z.optional(mailAddress),
  creditsPerHourAlarm: z.optional(atLeastOne),
  oldestWorkHoursAlarm: z.optional(atLeastOne),
  oldestUploadMinutesAlarm: z.optional(atLeastOne),
  alarms: z.optional(z.enum(['few', 'all'])),
  alarmKey: z.optional(z.boolean()),
  dashboard: z.optional(z.boolean()),
  tracing: z.optional(z.boolean()),
  keyStore: z.optional(z.enum(['parameter', 'secret'])),
  encryptionKey: z.optional(arn),
  permissionsBoundary: z.optional(arn),
  tags: z.optional(z.record(text, z.string())),
  webhook: z.optional(httpAddress),
  allowPrivateWebhook: z.optional(z.boolean()),
  webhookSecret: z.optional(text),
  existingTable: z.optional(text),
  existingBucket: z.optional(text),
});

/** `pressrun.config.json`, laid over the built-in providers, models and prices. Help: `configuration-help.ts`, not in Lambdas. */
export const configurationFile = z.strictObject({
  $schema: z.optional(z.string()),
  providers: z.optional(z.record(name, provider)),
  models: z.optional(z.record(name, model)),
  prices: z.optional(z.array(price)),
  defaults: z.optional(defaults),
  statement: z.optional(statement),
  stages: z.optional(z.record(name, stage)),
});

export type ConfigurationFile = Readonly<z.infer<typeof configurationFile>>;
export type ProviderEntry = Readonly<z.infer<typeof provider>>;
export type ModelEntry = Readonly<z.infer<typeof model>>;
export type PriceEntry = Readonly<z.infer<typeof price>>;
export type DefaultsEntry = Readonly<z.infer<typeof defaults>>;
export type StatementEntry = Readonly<z.infer<typeof statement>>;
export type LogDays = (typeof LOG_DAYS)[number];
export type StageEntry = Readonly<z.infer<typeof stage>>;
