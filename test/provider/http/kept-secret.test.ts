import { describe, expect, test } from 'vitest';
import { redactLine, redactText } from '../../../shared/provider/http/redact.ts';
import { withoutSecrets } from '../../../shared/provider/http/secret-forms.ts';
import { shownAddress } from '../../../shared/provider/http/shown-address.ts';
import fc from '../../support/property.ts';
import { callWith, chat, KEY } from '../fixtures/calls.ts';

const ODD_KEY = 'key/with+odd=chars&"quotes"-0123';
const percent = (key: string) => [...Buffer.from(key)].map((byte) => `%${byte.toString(16)}`).join('');
const FORMS: Readonly<Record<string, (key: string) => string>> = {
  'as it is': (key) => key,
  'in a header': (key) => `Authorization: Bearer ${key}`,
  'percent-encoded': encodeURIComponent,
  'percent-encoded in small letters': (key) =>
    encodeURIComponent(key).replaceAll(/%../g, (each) => each.toLowerCase()),
  'percent-encoded whole': percent,
  'percent-encoded whole in capitals': (key) => percent(key).toUpperCase(),
  'in base64': (key) => Buffer.from(key).toString('base64'),
  'in url-safe base64': (key) => Buffer.from(key).toString('base64url'),
  'in base64 as user:password': (key) => Buffer.from(`user:${key}`).toString('base64'),
  'in base64 with Bearer': (key) => Buffer.from(`Bearer ${key}`).toString('base64'),
  'in base64 as JSON': (key) => Buffer.from(JSON.stringify({ a: 1, key, z: 2 })).toString('base64'),
  'in hex': (key) => Buffer.from(key).toString('hex'),
  'in JSON': (key) => JSON.stringify(key),
  'as escapes': (key) =>
    [...key].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
};

/** Whether the key can be had from a text by undoing what a server may have done to it. */
function reveals(text: string, key: string): boolean {
  const undone = [
    text,
    decodedPercent(text),
    text.replaceAll(/\\u([\da-f]{4})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16))),
  ];
  const words = text.match(/[\w+/-]{8,}/g) ?? [];
  const decoded = words.flatMap((word) => [
    Buffer.from(word, 'base64').toString('latin1'),
    Buffer.from(word, 'hex').toString('latin1'),
  ]);
  return [...undone, ...decoded].some(
    (each) => each.includes(key) || each.includes(JSON.stringify(key).slice(1, -1)),
  );
}

function decodedPercent(text: string): string {
  return text.replaceAll(/%([\da-f]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
}

describe.each([KEY, ODD_KEY])('the key %s', (key) => {
  test.each(Object.entries(FORMS))('is in no message, %s', (_name, form) => {
    const said = `rejected: ${form(key)} is not valid`;

    expect(reveals(said, key)).toBe(true);
    expect(reveals(redactLine(said, [key]), key)).toBe(false);
    expect(reveals(redactText(said, [key]), key)).toBe(false);
  });

  test.each(Object.entries(FORMS))('is in no answer that is kept, %s', (_name, form) => {
    const answer = Buffer.from(`{"choices":[],"debug":"${form(key)}"} ${form(key)}`);

    const kept = withoutSecrets(answer, [key]);

    expect(kept).toHaveLength(answer.length);
    expect(reveals(kept.toString(), key)).toBe(false);
    expect(kept.toString()).toContain('"choices":[]');
  });
});

describe('an answer that goes into quarantine', () => {
  test.each(Object.entries(FORMS))('has the key no more, %s', async (_name, form) => {
    const outcome = await callWith(chat({ content: `no image for ${form(KEY)}` }));

    if (outcome.kind !== 'failure' || outcome.answer === undefined) throw new Error('nothing was kept');
    expect(reveals(Buffer.from(outcome.answer.bytes).toString(), KEY)).toBe(false);
    expect(reveals(JSON.stringify(outcome.failure), KEY)).toBe(false);
  });

  test('is kept to the byte if it holds no key', async () => {
    const body = Buffer.from(JSON.stringify(chat({ content: 'no image' })));

    expect(await callWith(body)).toMatchObject({ answer: { bytes: body } });
  });
});

describe('an address', () => {
  test.each([
    ['https://user:secret@gw.example/v1', 'https://gw.example/v1'],
    ['https://secret@gw.example/v1', 'https://gw.example/v1'],
    ['ftp://u:p@x', 'ftp://x'],
    ['https://gw.example/v1?key=AIzaSecret&a=1', 'https://gw.example/v1?key=[key]&a=1'],
    ['https://gw.example/v1?a=1&api_key=x-y#z', 'https://gw.example/v1?a=1&api_key=[key]#z'],
    ['https://gw.example/v1?X-Amz-Signature=abc', 'https://gw.example/v1?X-Amz-Signature=[key]'],
    ['https://gw.example/a@b', 'https://gw.example/a@b'],
  ])('%s is shown as %s', (address, shown) => {
    expect(shownAddress(address)).toBe(shown);
    expect(redactLine(`it answers at ${address} with 404`)).toBe(`it answers at ${shown} with 404`);
  });
});

describe('a message for the terminal', () => {
  test('has nothing in it that turns a line around, moves the cursor, or is not seen', () => {
    const evil = 'a\u202eb\u2066c\u200ed\u061ce\u001b[2Jf\u0007g\u009bh\ufeffi\u00adj';

    expect(redactLine(evil)).toBe('abcde [2Jf g hij');
    expect(redactText(`${evil}\nnext`)).toBe('abcde[2Jfghij\nnext');
  });

  test('never holds a control or direction character, whatever a server sends', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(redactLine(text)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        expect(redactText(text)).not.toMatch(/(?![\t\n])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  test('a key with invisible characters inside is removed, too', () => {
    expect(redactLine(`key ${KEY.slice(0, 8)}\u200b${KEY.slice(8)}`, [KEY])).toBe('key [key]');
  });
});
