import { DEFAULT_PROVIDER, type Dialect } from '../calls/models.ts';
import { DEFAULT_USD_PER_CREDIT } from '../money/money.ts';
import type { ConfigurationFile, ProviderEntry } from './configuration-file.ts';

/** A chat completions server with its key, rate and bill. */
export interface ProviderSettings {
  readonly name: string;
  /** Everything before `/chat/completions`. */
  readonly baseUrl: string;
  /** The key's environment variable; undefined: no key is sent. */
  readonly keyVariable: string | undefined;
  /** The key's secret on a deployed stage. */
  readonly keySecret: string | undefined;
  readonly dialect: Dialect;
  readonly headers: Readonly<Record<string, string>>;
  readonly linkHosts: readonly string[];
  readonly usdPerCredit: number;
  readonly usdNote: string;
}

export type Providers = ReadonlyMap<string, ProviderSettings>;

/** contract §1. */
const CORE_TODAY: ProviderSettings = {
  name: DEFAULT_PROVIDER,
  baseUrl: 'https://api.core.today/llm/gemini/v1beta/openai',
  keyVariable: 'CORE_TODAY_API_KEY',
  keySecret: undefined,
  dialect: 'none',
  headers: {},
  linkHosts: ['*.core.today'],
  usdPerCredit: DEFAULT_USD_PER_CREDIT,
  usdNote: "1 credit ≈ $0.001, actual charges may vary (provider's documents)",
};

/** ai.google.dev/gemini-api/docs/openai. */
const GOOGLE: ProviderSettings = {
  ...newProvider('google', { baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai' }),
  keyVariable: 'GEMINI_API_KEY',
  dialect: 'google',
};

/** openrouter.ai/docs/guides/overview/multimodal/image-generation. */
const OPENROUTER: ProviderSettings = {
  ...newProvider('openrouter', { baseUrl: 'https://openrouter.ai/api/v1' }),
  keyVariable: 'OPENROUTER_API_KEY',
  dialect: 'openrouter',
};

/** The built-in providers with the file's, by field. */
export function providersOf(file: ConfigurationFile): Providers {
  const providers = new Map([CORE_TODAY, GOOGLE, OPENROUTER].map((provider) => [provider.name, provider]));
  for (const [name, entry] of Object.entries(file.providers ?? {})) {
    providers.set(name, withEntry(providers.get(name) ?? newProvider(name, entry), entry));
  }
  return providers;
}

function newProvider(name: string, { baseUrl }: Pick<ProviderEntry, 'baseUrl'>): ProviderSettings {
  return {
    name,
    baseUrl,
    keyVariable: undefined,
    keySecret: undefined,
    dialect: 'none',
    headers: {},
    linkHosts: [],
    usdPerCredit: DEFAULT_USD_PER_CREDIT,
    usdNote: `1 credit stands for $${DEFAULT_USD_PER_CREDIT} (${name} bills in dollars)`,
  };
}

function withEntry(base: ProviderSettings, entry: ProviderEntry): ProviderSettings {
  return {
    name: base.name,
    baseUrl: entry.baseUrl,
    keyVariable: entry.keyVariable ?? base.keyVariable,
    keySecret: entry.keySecret ?? base.keySecret,
    dialect: entry.dialect ?? base.dialect,
    headers: entry.headers ?? base.headers,
    linkHosts: entry.linkHosts ?? base.linkHosts,
    usdPerCredit: entry.usdPerCredit ?? base.usdPerCredit,
    usdNote: entry.usdNote ?? ownRateNote(entry) ?? base.usdNote,
  };
}

/** Another rate needs another note. */
function ownRateNote({ usdPerCredit }: ProviderEntry): string | undefined {
  return usdPerCredit === undefined ? undefined : `1 credit = $${usdPerCredit} (pressrun.config.json)`;
}
