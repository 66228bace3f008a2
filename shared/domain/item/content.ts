import { hash } from 'node:crypto';
import type { ModelProfile } from '../calls/models.ts';
import { IMAGE_SETTINGS, type ImageSettings, SETTING_NAMES, type SettingName } from './image-settings.ts';
import type { Message } from './message.ts';

declare const brand: unique symbol;

/** Names what is asked of the provider for one image: equal asks have equal names, in every file and batch. */
export type ContentHash = string & { readonly [brand]: 'ContentHash' };

/** Raised when equal asks get other names: then nothing that was made before is found again. */
const VERSION = 1;

/** All that an image depends on. Not its row, name, id, tags or price: they change nothing about what is made. */
export interface Content {
  readonly prompt: string;
  readonly messages?: readonly Message[] | undefined;
  readonly settings: ImageSettings;
  /** The model as it goes over the wire, and how it is told of sizes: an alias that is redirected is another model. */
  readonly profile: Pick<ModelProfile, 'sendAs' | 'dialect'>;
  /** SHA-256 of each reference image, in the order in which they are sent. */
  readonly references: readonly string[];
  /** From 1: the file's first, second, third image of this very content, as variants or as rows. */
  readonly occurrence: number;
}

const countedAs = (how: 'prompt' | 'settings' | 'named') =>
  SETTING_NAMES.filter((name) => IMAGE_SETTINGS[name].content === how);
const BESIDE_PROMPT = countedAs('prompt');
const TOGETHER = countedAs('settings');
const NAMED = countedAs('named');
/** Rows that say the same share their settings. */
const settingsTexts = new WeakMap<ImageSettings, SettingsTexts>();

/** The content's SHA-256, in hex. A setting that is not given is another content than any that is. */
export function contentHash({
  prompt,
  messages,
  settings,
  profile,
  references,
  occurrence,
}: Content): ContentHash {
  const { beside, together, named } = textsOf(settings);
  const model = JSON.stringify([profile.sendAs, profile.dialect]);
  const asked = `[${JSON.stringify(prompt)}${beside}],${together},${JSON.stringify(references)}`;
  const talk =
    messages === undefined
      ? ''
      : `,${JSON.stringify(['messages', messages.map(({ role, content }) => [role, content])])}`;
  return hashed(`[["pressrun content",${VERSION}],${model},${asked},${occurrence}${named}${talk}]`);
}

/** What the hash takes of settings, as JSON. */
interface SettingsTexts {
  readonly beside: string;
  readonly together: string;
  readonly named: string;
}

function textsOf(settings: ImageSettings): SettingsTexts {
  const known = settingsTexts.get(settings);
  if (known !== undefined) return known;
  const value = (name: SettingName) => settings[name] ?? null;
  const given = NAMED.filter((name) => settings[name] !== undefined);
  const texts = {
    beside: BESIDE_PROMPT.map((name) => `,${JSON.stringify(value(name))}`).join(''),
    together: JSON.stringify(TOGETHER.map(value)),
    named: given.map((name) => `,${JSON.stringify([name, value(name)])}`).join(''),
  };
  settingsTexts.set(settings, texts);
  return texts;
}

/** Reads a content hash from a row of the table; undefined if it cannot be one. */
export function parseContentHash(text: string): ContentHash | undefined {
  return /^[0-9a-f]{64}$/.test(text) ? (text as ContentHash) : undefined;
}

function hashed(text: string): ContentHash {
  return hash('sha256', text) as ContentHash;
}
