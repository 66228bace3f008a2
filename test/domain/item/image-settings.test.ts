import { describe, expect, test } from 'vitest';
import { metadataToOptions, optionsToMetadata } from '../../../shared/domain/batch/batch-options.ts';
import { modelCatalog } from '../../../shared/domain/calls/models.ts';
import { type Content, contentHash } from '../../../shared/domain/item/content.ts';
import {
  IMAGE_SETTINGS,
  type ImageSettings,
  isImageSettings,
  SETTING_NAMES,
} from '../../../shared/domain/item/image-settings.ts';
import { isKnownColumn, KNOWN_COLUMNS } from '../../../shared/domain/prompt-file/columns.ts';
import { parseSettings, settingCells } from '../../../shared/domain/prompt-file/row/settings.ts';
import { imageSettings } from '../../../shared/pipeline/rows/fields.ts';
import { buildRequestBody } from '../../../shared/provider/http/request-body.ts';

/** A value of each; what the compiler wants here when a setting is added is all that a test of it needs. */
const EACH: Required<ImageSettings> = {
  model: 'gemini-3-pro-image-preview',
  aspectRatio: '16:9',
  imageSize: '2K',
  temperature: 0.3,
  topP: 0.9,
  maxTokens: 4096,
  system: 'You paint.',
  promptPrefix: 'A photo of:',
};

const profile = modelCatalog().get(EACH.model);

describe.each(SETTING_NAMES)('the setting %s', (name) => {
  const settings: ImageSettings = { model: EACH.model, [name]: EACH[name] };

  test('is read from its column as it was written', () => {
    const cells = Object.entries(settingCells(settings)).flatMap(([column, value]) =>
      value === undefined ? [] : [[column, String(value)]],
    );

    expect(parseSettings(Object.fromEntries(cells))).toEqual({ kind: 'settings', settings });
    expect(isKnownColumn(IMAGE_SETTINGS[name].column)).toBe(true);
  });

  test('travels with an upload', () => {
    const written = optionsToMetadata({ variants: 1, tags: {}, settings });
    if (written.kind === 'problem') throw new Error(written.message);

    expect(metadataToOptions(written.metadata).options.settings).toEqual(settings);
  });

  test('is stored whole', () => {
    expect(imageSettings.parse(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
  });

  test('is sent in every dialect', () => {
    for (const dialect of ['none', 'openrouter', 'google'] as const) {
      if (profile === undefined) throw new Error('no such model');
      const request = { profile: { ...profile, dialect }, prompt: 'a fox', references: [], plain: false };
      const withIt = JSON.stringify(buildRequestBody({ ...request, settings }));
      const without = JSON.stringify(buildRequestBody({ ...request, settings: { model: EACH.model } }));

      expect(withIt).toContain(JSON.stringify(EACH[name]).replaceAll('"', ''));
      expect(withIt === without).toBe(name === 'model');
    }
  });

  test('makes another image of another value', () => {
    if (profile === undefined) throw new Error('no such model');
    const content: Content = { prompt: 'a fox', settings, profile, references: [], occurrence: 1 };
    const other = { ...content, settings: { model: 'gemini-3.1-flash-image-preview' } };

    expect(contentHash(content) === contentHash(other)).toBe(IMAGE_SETTINGS[name].content === 'profile');
  });
});

test('settings that this version does not know are not read, so that nothing else is generated than was asked for', () => {
  expect(isImageSettings({ ...EACH })).toBe(true);
  expect(isImageSettings({ ...EACH, seeed: 4 })).toBe(false);
  expect(isImageSettings({ ...EACH, imageSize: '3K' })).toBe(false);
  expect(isImageSettings({ aspectRatio: '1:1' })).toBe(false);
});

test('no two columns have one name', () => {
  expect(new Set(KNOWN_COLUMNS).size).toBe(KNOWN_COLUMNS.length);
});
