import type {
  DefaultsEntry,
  ModelEntry,
  PriceEntry,
  ProviderEntry,
  StageEntry,
  StatementEntry,
} from './configuration-file.ts';

/** The meaning of each configuration value, for editors and `docs/`. */
export const CONFIGURATION_HELP = {
  providers: {
    baseUrl: 'Address before `/chat/completions`',
    keyVariable: 'Environment variable that holds the API key; without one, no key is sent',
    keySecret: 'Secret in AWS Secrets Manager that holds the key on a deployed stage',
    dialect: 'As in `models`, for models that name none',
    headers: 'Headers to send with each call; never a key',
    linkHosts: 'Hosts from which images given by link are fetched; `*.example.com` is every name below it',
    usdPerCredit: 'What one credit of this provider costs in US dollars',
    usdNote: 'Where that rate is from',
  },
  models: {
    provider: 'Name of the provider that serves the model',
    sendAs: 'Model id on the wire',
    aliases: 'Other names for the model in files and flags',
    redirectTo: 'Model to use instead, such as the successor of a retired one',
    dialect:
      'How aspect ratio and size are sent: `none` (in the prompt), `openrouter` (`image_config`), or `google` (`extra_body.google`)',
    stream: 'Ask for a stream of events',
    aspectRatios: 'Aspect ratios that the model offers',
    imageTokens: 'Output tokens of one image, by size; these are the sizes that the model offers',
    referenceTokens: 'Input tokens of one reference image',
    promptPrefix: 'Text before each prompt, in place of "Generate an image:"; empty for none',
    requestsPerMinute: 'Fixed rate limit of all workers together; without it, the limit is measured',
    concurrency: 'Most calls in progress at a time, of all workers together',
    price: 'Names of prices to use instead of the ordinary ones',
  },
  prices: {
    name: 'Name; each charge names its price',
    model: 'Model that the price is for',
    from: 'First day, in UTC',
    source: 'Where the figures are from',
    alternative: 'Holds only if it is chosen by name',
    ceiling:
      'The most that a call can cost, which budgets reserve: the dearest image and text (`one-image`), an image of the size asked for and text (`asked-size`), or all of `max_tokens` as image',
    creditsPerMillion: 'Credits per million tokens of `input`, `text` and `image`',
    usdPerMillion:
      "US dollars per million tokens of `input`, `text` and `image`; the provider's `usdPerCredit` makes credits of them",
  },
  defaults: {
    model: 'Model for rows without one',
    referenceHosts: 'Hosts from which reference images given by link are fetched',
    referencePrefixes:
      'Folders of the bucket whose objects a row may name as references, such as `brand/`; `references/` and the images of batches always are',
    itemsAtOnce: 'Calls in progress at a time in one worker',
    maxAnswerMiB: 'Largest response that is read',
    unknownOutcomes:
      'What happens to an item whose response was lost: `retry` sends it again, `hold` waits for you',
    webhook:
      'Address that gets a signed message when a batch completes or pauses, or a budget is nearly spent',
    allowPrivateWebhook: 'Whether that address may be plain HTTP, and in a private network',
  },
  statement: {
    dayColumn: "Column of the provider's statement with the day or month; `none` for a total",
    modelColumn: 'Column with the model; `none` compares all models together',
    creditsColumn: 'Column with the credits',
    usdColumn: 'Column with US dollars',
    usdPerCredit: 'Dollars a credit in the statement',
    timeZone: 'Zone whose days the statement counts, such as `America/Los_Angeles`',
  },
  stages: {
    keepData: 'Table and bucket outlive the stack, and the table refuses to be deleted',
    logRetentionDays: 'Days that logs are kept',
    quarantineDays: 'Days that responses without a usable image are kept',
    oldVersionDays: 'Days that overwritten objects are kept',
    unknownOutcomes: 'As in `defaults`, for this stage',
    referenceHosts: 'As in `defaults`, for this stage',
    referencePrefixes: 'As in `defaults`, for this stage',
    itemsAtOnce: 'Calls in progress at a time in one invocation',
    invocationsAtOnce: 'Invocations at a time',
    memoryMiB: 'Memory of the function that calls the provider',
    timeoutMinutes: 'Time-out of that function',
    polling:
      '`false`: its functions leave the queues alone, because the stage rests or all its workers run elsewhere',
    maxAnswerMiB: 'As in `defaults`, for this stage',
    alarmEmail: 'Who gets the alarms by mail',
    creditsPerHourAlarm: 'Alarm when more credits than this are spent in an hour',
    oldestWorkHoursAlarm: 'Alarm when an item has waited this long',
    oldestUploadMinutesAlarm: 'Alarm when an upload has waited this long',
    alarms: '`few`: the five that say that a stage no longer works; `all`: the others too',
    alarmKey: 'A KMS key of the stage encrypts alarms on their way',
    dashboard: 'A dashboard in CloudWatch',
    tracing: 'Traces of the functions in X-Ray',
    keyStore: 'Where the provider key is: `parameter` (Parameter Store) or `secret` (Secrets Manager)',
    encryptionKey: 'ARN of your own KMS key for table and bucket',
    permissionsBoundary: 'ARN of a policy that bounds every role of the stack',
    tags: 'Tags of every resource',
    webhook: 'As in `defaults`, for this stage',
    allowPrivateWebhook: 'As in `defaults`, for this stage',
    webhookSecret:
      'Where the secret that signs these messages is: `ssm:` and a parameter, or a secret of Secrets Manager',
    existingTable: 'Name of a table that an earlier stack kept, or that was restored',
    existingBucket: 'Name of a bucket that an earlier stack kept',
  },
} satisfies {
  readonly providers: Help<ProviderEntry>;
  readonly models: Help<ModelEntry>;
  readonly prices: Help<PriceEntry>;
  readonly defaults: Help<DefaultsEntry>;
  readonly statement: Help<StatementEntry>;
  readonly stages: Help<StageEntry>;
};

type Help<Entry> = Readonly<Record<keyof Entry, string>>;
