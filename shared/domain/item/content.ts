import { hash } from 'node:crypto';
import type { ModelProfile } from '../calls/models.ts';
import { IMAGE_SETTINGS, type ImageSettings, SETTING_NAMES, type SettingName } from './image-settings.ts';
import type { Message } from './message.ts';

declare const brand: unique symbol;

/** Everything that affects an image; the reuse key. */
export type ContentHash = string & { readonly [brand]: 'ContentHash' };

/** Raise it to change all hashes: then no earlier image is found again. */
const VERSION = 1;

/** All that affects an image; not row, name, id, tags or price. */
export interface Content {
  readonly prompt: string;
  readonly messages?: readonly Message[] | undefined;
  readonly settings: ImageSettings;
  /** The model on the wire, and its dialect: a redirected alias is another model. */
  readonly profile: Pick<ModelProfile, 'sendAs' | 'dialect'>;
  /** SHA-256 of each reference, in order. */
  readonly references: readonly string[];
  /** From 1: the file's first, second, third image of this content. */
  readonly occurrence: number;
}

const countedAs = (how: 'prompt' | 'settings' | 'named') =>
  SETTING_NAMES.filter((name) => IMAGE_SETTINGS[name].content === how);
const BESIDE_PROMPT = countedAs('prompt');
const TOGETHER = countedAs('settings');
const NAMED = countedAs('named');
/** Rows that say the same share their settings. */
const settingsTexts = new WeakMap<ImageSettings, SettingsTexts>();

/** SHA-256 in hex. A missing setting differs from any value. */
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

/** Undefined if it is none. */
export function parseContentHash(text: string): ContentHash | undefined {
  return /^[0-9a-f]{64}$/.test(text) ? (text as ContentHash) : undefined;
}

function hashed(text: string): ContentHash {
  return hash('sha256', text) as ContentHash;
}
