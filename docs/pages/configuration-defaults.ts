import { stageSettings } from '../../infra/settings.ts';
import { parseConfiguration } from '../../shared/domain/configuration/configuration.ts';
import type { CONFIGURATION_HELP } from '../../shared/domain/configuration/configuration-help.ts';
import { readConfig } from '../../shared/runtime/config.ts';

type Texts = {
  readonly [Section in keyof typeof CONFIGURATION_HELP]: Readonly<
    Record<keyof (typeof CONFIGURATION_HELP)[Section], string>
  >;
};

const config = readConfig({}, {}, parseConfiguration({}));
const [dev, prod] = [stageSettings('dev'), stageSettings('prod')];

/** What holds where a file says nothing: read from the code where it is a figure, in words where it depends. */
export const CONFIGURATION_DEFAULTS: Texts = {
  providers: {
    baseUrl: '',
    keyVariable: 'no key is sent',
    keySecret: "the stage's own, for `core-today`",
    dialect: '`none`',
    headers: 'none',
    linkHosts: 'none',
    usdPerCredit: '`0.001`',
    usdNote: 'made from the rate',
  },
  models: {
    provider: 'the only one in the file, else `core-today`',
    sendAs: 'its name',
    aliases: 'none',
    redirectTo: 'none',
    dialect: "the provider's",
    stream: '`false`',
    aspectRatios: 'ten common ones',
    imageTokens: '`{ "1K": 1120 }`',
    referenceTokens: '`1120`',
    promptPrefix: '`Generate an image:`',
    requestsPerMinute: 'measured',
    concurrency: 'not limited',
    price: 'the latest ordinary one',
  },
  prices: {
    name: '',
    model: '',
    from: '',
    source: '',
    alternative: '`false`',
    ceiling: '`one-image`',
    creditsPerMillion: '`usdPerMillion`',
    usdPerMillion: '`creditsPerMillion`',
  },
  defaults: {
    model: code(config.defaultModel),
    referenceHosts: code(config.referenceHosts),
    referencePrefixes: code(config.referencePrefixes),
    itemsAtOnce: code(config.itemsAtOnce),
    maxAnswerMiB: code(config.maxAnswerBytes / 1024 / 1024),
    unknownOutcomes: code(config.unknownOutcomes),
    webhook: 'none',
    allowPrivateWebhook: '`false`',
  },
  statement: {
    dayColumn: 'found by its name',
    modelColumn: 'found by its name',
    creditsColumn: 'found by its name',
    usdColumn: 'found by its name',
    usdPerCredit: "the provider's",
    timeZone: '`UTC`',
  },
  stages: {
    keepData: `\`true\`; ${code(dev.keepData)} for \`dev\``,
    logRetentionDays: byStage(({ logRetentionDays }) => logRetentionDays),
    quarantineDays: byStage(({ quarantineDays }) => quarantineDays),
    oldVersionDays: byStage(({ oldVersionDays }) => oldVersionDays),
    unknownOutcomes: 'as in `defaults`',
    referenceHosts: 'as in `defaults`',
    referencePrefixes: 'as in `defaults`',
    itemsAtOnce: byStage(({ generate }) => generate.itemsAtOnce),
    invocationsAtOnce: byStage(({ generate }) => generate.invocationsAtOnce),
    memoryMiB: byStage(({ generate }) => generate.memoryMib),
    timeoutMinutes: byStage(({ generate }) => generate.timeoutMinutes),
    polling: byStage(({ polling }) => polling),
    maxAnswerMiB: 'as in `defaults`',
    alarmEmail: 'nobody',
    creditsPerHourAlarm: byStage(({ alarms }) => alarms.creditsPerHour),
    oldestWorkHoursAlarm: byStage(({ alarms }) => alarms.oldestWorkHours),
    oldestUploadMinutesAlarm: byStage(({ alarms }) => alarms.oldestUploadMinutes),
    alarms: byStage(({ alarms }) => alarms.which),
    alarmKey: byStage(({ alarms }) => alarms.ownKey),
    dashboard: byStage(({ dashboard }) => dashboard),
    tracing: byStage(({ tracing }) => tracing),
    keyStore: byStage(({ keyStore }) => keyStore),
    encryptionKey: 'none',
    permissionsBoundary: 'none',
    tags: 'none',
    webhook: 'as in `defaults`',
    allowPrivateWebhook: 'as in `defaults`',
    webhookSecret: '`ssm:/pressrun/<stage>/webhook`',
    existingTable: 'a new one',
    existingBucket: 'a new one',
  },
};

/** Variables that go before a value of the file. */
export const CONFIGURATION_VARIABLES: ReadonlyMap<string, string> = new Map([
  ['providers.baseUrl', 'PRESSRUN_PROVIDER_URL'],
  ['providers.linkHosts', 'PRESSRUN_LINK_HOSTS'],
  ['models.requestsPerMinute', 'PRESSRUN_LIMITS'],
  ['models.concurrency', 'PRESSRUN_LIMITS'],
  ['models.price', 'PRESSRUN_PRICE'],
  ['defaults.referenceHosts', 'PRESSRUN_REFERENCE_HOSTS'],
  ['defaults.referencePrefixes', 'PRESSRUN_REFERENCE_PREFIXES'],
  ['defaults.itemsAtOnce', 'PRESSRUN_ITEMS_AT_ONCE'],
  ['defaults.maxAnswerMiB', 'PRESSRUN_MAX_ANSWER_MIB'],
  ['defaults.unknownOutcomes', 'PRESSRUN_UNKNOWN'],
  ['stages.alarmEmail', 'PRESSRUN_ALARM_EMAIL'],
]);

function byStage(value: (settings: typeof dev) => string | number | boolean): string {
  const [ordinary, ofProd] = [value(dev), value(prod)];
  return ordinary === ofProd ? code(ordinary) : `${code(ordinary)}; ${code(ofProd)} for \`prod\``;
}

function code(value: string | number | boolean | readonly string[]): string {
  const text = String(value);
  return text === '' ? 'none' : `\`${text}\``;
}
