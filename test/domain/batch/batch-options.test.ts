import { expect, test } from 'vitest';
import { type BatchOptions, DEFAULT_BATCH_OPTIONS } from '../../../shared/domain/batch/batch.ts';
import { metadataToOptions, optionsToMetadata } from '../../../shared/domain/batch/batch-options.ts';
import fc from '../../support/property.ts';

const OPTIONS: BatchOptions = {
  name: 'Spring cards 🌸',
  template: 'A postcard of {{city}}\nin {{season}}, 100% watercolour',
  variants: 3,
  tags: { team: 'shop', 'cost centre': '한국=1' },
  settings: {
    model: 'gemini-3-pro-image-preview',
    aspectRatio: '3:2',
    imageSize: '2K',
    temperature: 0.7,
    topP: 0.9,
    maxTokens: 16_384,
    system: 'Be bold.',
  },
};

test('options come back from an object’s metadata as they were, and are ASCII on the way', () => {
  const encoded = optionsToMetadata(OPTIONS);
  const metadata = encoded.kind === 'metadata' ? encoded.metadata : {};

  expect(Object.values(metadata).join('')).toMatch(/^[\x21-\x7e]+$/);
  expect(metadataToOptions(metadata)).toEqual({ kind: 'options', options: OPTIONS });
});

test('any name, template and system text survive the way', () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
    .map((each) => each.trim())
    .filter((each) => each !== '' && !/\p{Cc}/u.test(each) && Buffer.byteLength(each) <= 60);
  fc.assert(
    fc.property(text, text, text, (name, template, system) => {
      const options = { ...OPTIONS, name, template, settings: { ...OPTIONS.settings, system } };
      const encoded = optionsToMetadata(options);

      expect(encoded.kind === 'metadata' && metadataToOptions(encoded.metadata)).toEqual({
        kind: 'options',
        options,
      });
    }),
  );
});

test('without metadata of ours the defaults apply, whatever else is there', () => {
  expect(optionsToMetadata(DEFAULT_BATCH_OPTIONS)).toEqual({ kind: 'metadata', metadata: {} });
  expect(metadataToOptions({ 'content-owner': 'somebody', pressrun: 'x' })).toEqual({
    kind: 'options',
    options: DEFAULT_BATCH_OPTIONS,
  });
});

test('metadata written by hand may be plain text', () => {
  const metadata = { 'Pressrun-Name': '50% off', 'pressrun-tags': 'team=shop', 'pressrun-variants': '2' };

  expect(metadataToOptions(metadata)).toMatchObject({
    kind: 'options',
    options: { name: '50% off', tags: { team: 'shop' }, variants: 2 },
  });
});

test.each([
  [{ 'pressrun-colour': 'red' }, /^unknown option "pressrun-colour"; there are pressrun-name, /],
  [{ 'pressrun-variants': 'many' }, /^pressrun-variants: must be a whole number from 1 to 100, not "many"$/],
  [{ 'pressrun-top-p': '7' }, /^pressrun-top-p: must be a number from 0 to 1, not "7"$/],
  [{ 'pressrun-image-size': 'big' }, /^pressrun-image-size: must be one of 512, 1K, 2K, 4K/],
  [{ 'pressrun-tags': 'summer' }, /^pressrun-tags: "summer" is no tag/],
  [{ 'pressrun-name': 'a%0Ab' }, /^pressrun-name: must be one line/],
  [{ 'pressrun-variables': '["a"]' }, /^pressrun-variables: must be a JSON object of texts/],
  [{ 'pressrun-variables': '{"a":1}' }, /^pressrun-variables: must be a JSON object of texts/],
  [{ 'pressrun-variables': '{"prompt":"a fox"}' }, /^pressrun-variables: .*columns of your own/],
])('options that make no sense are one line that says which: %j', (metadata, message) => {
  const parsed = metadataToOptions(metadata as unknown as Record<string, string>);

  expect(parsed).toMatchObject({ kind: 'problem', message: expect.stringMatching(message) });
  expect(parsed.options).toEqual(DEFAULT_BATCH_OPTIONS);
});

test('options over S3’s 2 KB are refused with what to do', () => {
  expect(optionsToMetadata({ ...OPTIONS, template: '한'.repeat(300) })).toMatchObject({
    kind: 'problem',
    message: expect.stringMatching(/take \d+ bytes as object metadata, S3 allows 2048: shorten the template/),
  });
  expect(optionsToMetadata({ ...OPTIONS, tags: { a: 'x;y' } }).kind).toBe('problem');
});
