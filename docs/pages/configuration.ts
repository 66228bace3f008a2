import { CONFIGURATION_DEFAULTS, CONFIGURATION_VARIABLES } from './configuration-defaults.ts';
import { describedValues, type JsonSchema } from './configuration-schema.ts';

/** `docs/configuration.md`: how the file works, and every value that it may have. */
export function configurationPage(): string {
  const sections = Map.groupBy(describedValues(), ({ section }) => section);
  const tables = [...sections].map(([section, values]) => {
    const rows = values.map(
      ({ name, help, schema, isRequired }) =>
        `| \`${name}\`${isRequired ? ' (required)' : ''} | ${kindOf(schema)} | ${defaultOf(section, name)} | ${help} |`,
    );
    return [
      `### \`${section}\``,
      '',
      INTRODUCTIONS.get(section) ?? '',
      '',
      '| name | value | default | meaning |',
      '|---|---|---|---|',
      ...rows,
    ].join('\n');
  });
  return `${TOP}\n${tables.join('\n\n')}\n\n${BOTTOM}`;
}

/** What holds without it, and the variable that goes before it. */
function defaultOf(section: string, name: string): string {
  const all = Object.entries(CONFIGURATION_DEFAULTS).flatMap(([each, texts]) =>
    Object.entries(texts).map(([value, text]): [string, string] => [`${each}.${value}`, text]),
  );
  const text = new Map(all).get(`${section}.${name}`) ?? '';
  const variable = CONFIGURATION_VARIABLES.get(`${section}.${name}`);
  return variable === undefined
    ? text
    : [text, `\`${variable}\` goes before it`].filter((part) => part !== '').join('; ');
}

const INTRODUCTIONS = new Map([
  ['providers', 'By name. `core-today` is built in; an entry of that name changes it field by field.'],
  [
    'models',
    'By the name that files, flags and reports use. An entry of a built-in name changes it field by field.',
  ],
  ['prices', 'A list. A price of a built-in name replaces it. Write `creditsPerMillion` or `usdPerMillion`.'],
  ['defaults', 'One object.'],
  ['statement', 'One object: how `pressrun reconcile` reads statements. Flags go before it.'],
  ['stages', 'By name. `npx pressrun deploy --stage NAME` uses them; what is not here has a built-in value.'],
]);

function kindOf(schema: JsonSchema): string {
  const { type, enum: values, items, anyOf } = schema;
  if (anyOf !== undefined) return anyOf.map((each) => kindOf(each)).join(' or ');
  if (values !== undefined) return values.map((value) => `\`${value}\``).join(', ');
  if (type === 'array')
    return `list of ${typeof items === 'object' && !Array.isArray(items) ? kindOf(items) : 'values'}s`;
  if (type === 'string') return schema.format === 'date' ? 'date' : 'text';
  if (type === 'boolean') return '`true` or `false`';
  if (type === 'object') return 'object';
  return type === 'integer' ? `whole number${rangeOf(schema)}` : `number${rangeOf(schema)}`;
}

function rangeOf({ type, minimum, exclusiveMinimum, maximum = Number.MAX_SAFE_INTEGER }: JsonSchema): string {
  const above = typeof exclusiveMinimum === 'number' && type === 'integer' ? exclusiveMinimum + 1 : undefined;
  const least = minimum ?? above;
  if (least === undefined) return exclusiveMinimum === undefined ? '' : `, above ${exclusiveMinimum}`;
  return maximum === Number.MAX_SAFE_INTEGER ? `, from ${least}` : `, ${least} to ${maximum}`;
}

const TOP = `# Configuration

pressrun needs no configuration but a key. A file sets other providers, models, prices and defaults:

\`\`\`console
$ npx pressrun init
Wrote pressrun.config.json
Wrote prompts.csv

Next: pressrun plan prompts.csv
$ npx pressrun config show
…
defaults.model  gemini-3.1-flash-image-preview  file
…
\`\`\`

\`config show\` prints every setting in effect and where it comes from.

pressrun uses the nearest \`pressrun.config.json\` in this folder or the ones above, or the file that \`--config\`
names. Comments and trailing commas are allowed. A flag takes precedence over an environment variable, a variable
over the file, and the file over the built-in value. Unknown names are refused with a proposal.

Keys stay out of the file: \`keyVariable\` names the environment variable that holds one. A \`.env\` beside the file is
read for these variables, and for nothing else. On a deployed stage, \`keySecret\` names a secret in AWS Secrets Manager.

A deployed stage carries the file with it: every function and every command with \`--stage\` uses what was deployed, not
the file on this machine. To change it, edit the file and run \`npx pressrun deploy --stage NAME\`.

## Another OpenAI-style server

\`\`\`json pressrun.config.json
{
  "providers": {
    "my-gateway": { "baseUrl": "https://gateway.example.com/v1", "keyVariable": "MY_GATEWAY_KEY" }
  },
  "models": {
    "my-model": { "sendAs": "vendor/image-model", "aspectRatios": ["1:1", "16:9"], "imageTokens": { "1K": 1290 } }
  },
  "prices": [
    {
      "name": "my-model-2026", "model": "my-model", "from": "2026-01-01", "source": "the gateway's price page",
      "usdPerMillion": { "input": 0.5, "text": 3, "image": 60 }
    }
  ],
  "defaults": { "model": "my-model" }
}
\`\`\`

\`\`\`console
$ MY_GATEWAY_KEY=… npx pressrun config show
…
defaults.model  my-model  file
…
providers.my-gateway.key  MY_GATEWAY_KEY, set  file
…
models.my-model.sendAs  vendor/image-model  file
…
\`\`\`

## A model that is retired

\`redirectTo\` sends what still names the old model to its successor:

\`\`\`json
{ "models": { "gemini-3-pro-image-preview": { "redirectTo": "gemini-3.1-flash-image-preview" } } }
\`\`\`

## Every value
`;

const BOTTOM = `## Environment variables

They take precedence over the file.

| variable | sets |
|---|---|
| \`CORE_TODAY_API_KEY\`, or what \`keyVariable\` names | the API key |
| \`PRESSRUN_CONFIG\` | the configuration file, as \`--config\` |
| \`PRESSRUN_STAGE\`, \`PRESSRUN_HOME\` | as \`--stage\` and \`--home\` |
| \`PRESSRUN_PROVIDER_URL\`, \`PRESSRUN_LINK_HOSTS\` | \`baseUrl\` and \`linkHosts\` of the default model's provider |
| \`PRESSRUN_ITEMS_AT_ONCE\`, \`PRESSRUN_MAX_ANSWER_MIB\`, \`PRESSRUN_UNKNOWN\`, \`PRESSRUN_REFERENCE_HOSTS\`, \`PRESSRUN_REFERENCE_PREFIXES\` | as in \`defaults\` |
| \`PRESSRUN_MODELS\`, \`PRESSRUN_PRICES\` | JSON files with models and prices: a list, or what \`prices --json\` prints |
| \`PRESSRUN_PRICE\` | names of prices to use instead of the ordinary ones |
| \`PRESSRUN_LIMITS\` | fixed rate limits as JSON: \`{"MODEL":{"requestsPerMinute":60,"concurrency":8}}\` |
`;
