import { describe, expect, test } from 'vitest';
import { successorHint } from '../../../shared/domain/calls/successor.ts';
import { parseConfiguration } from '../../../shared/domain/configuration/configuration.ts';

const PRO = 'gemini-3-pro-image-preview';
const { models } = parseConfiguration({});

describe('the hint of a model that is gone', () => {
  test.each([PRO, 'gemini-3-pro-image', 'google/gemini-3-pro-image-preview'])(
    'names %s without -preview, and a line that the configuration takes',
    (model) => {
      const hint = successorHint(models, model, `models/${PRO} is not found for API version v1beta`);

      expect(hint).toContain('its successor is probably gemini-3-pro-image: write ');
      expect(configuredBy(hint).get(PRO)?.sendAs).toBe('gemini-3-pro-image');
    },
  );

  test.each([
    [`${PRO} was shut down. Please migrate to gemini-4-pro-image.`, 'gemini-4-pro-image'],
    [
      `The model ${PRO} is retired; use \`models/gemini-3.5-pro-image-001\` instead`,
      'gemini-3.5-pro-image-001',
    ],
    ['This model has been replaced by "google/gemini-4-pro-image".', 'google/gemini-4-pro-image'],
  ])('names the successor that the answer names: %s', (message, successor) => {
    expect(configuredBy(successorHint(models, PRO, message)).get(PRO)?.sendAs).toBe(successor);
  });

  test('proposes another model of the same provider if no successor is known', () => {
    const own = parseConfiguration({ models: { [PRO]: { sendAs: 'gemini-3-pro-image' } } }).models;

    const hint = successorHint(own, PRO, 'model_not_found');

    expect(hint).toContain(`"redirectTo": "gemini-3.1-flash-image-preview"`);
    expect(configuredBy(hint).has(PRO)).toBe(false);
  });
});

/** The models of a configuration file with the line that a hint says to write. */
function configuredBy(hint: string) {
  const [, line = ''] = /write ("models": \{.*\}) in pressrun\.config\.json/.exec(hint) ?? [];
  return parseConfiguration(JSON.parse(`{${line}}`)).models;
}
