import { describe, expect, test } from 'vitest';
import { createAnswerScanner } from '../../../shared/provider/scan/answer-scanner.ts';
import { decodeBase64 } from '../../../shared/provider/scan/base64.ts';
import fc from '../../support/property.ts';
import { seeded } from '../fixtures/calls.ts';

function scan(body: Buffer, cuts: readonly number[] = []) {
  const scanner = createAnswerScanner(seeded(1));
  const places = [0, ...[...cuts].sort((a, b) => a - b), body.length];
  for (const [index, to] of places.slice(1).entries()) scanner.push(body.subarray(places[index], to));
  const { text, marks } = scanner.finish();
  const lifted = marks.lifted.map((each) => Buffer.concat([...each.chunks()]).toString('latin1'));
  return {
    text: text.whole(),
    lifted,
    decoded: marks.lifted.map((each) => decodeBase64(each)),
    original: scanner.original(),
    marks,
  };
}

const encoded = fc.uint8Array({ minLength: 200, maxLength: 900 }).map((bytes) => Buffer.from(bytes));
interface Dress {
  readonly bytes: Buffer;
  readonly url: boolean;
  readonly padded: boolean;
  readonly width: number;
  readonly gap: string;
  readonly ended: boolean;
  readonly escaped: boolean;
  readonly prose: string;
}
const dressed: fc.Arbitrary<Dress> = fc.record({
  bytes: encoded,
  url: fc.boolean(),
  padded: fc.boolean(),
  width: fc.constantFrom(0, 60, 64, 76),
  gap: fc.constantFrom('\\n', '\\r\\n', ' ', '\n  ', '\\u000a'),
  ended: fc.boolean(),
  escaped: fc.boolean(),
  prose: fc.constantFrom('', 'Here is your image: ', 'é漢字 \\"x\\" ', '\\n'),
});

function dress({ bytes, url, padded, width, gap, ended, escaped, prose }: Dress): string {
  let base64 = bytes.toString(url ? 'base64url' : 'base64');
  if (!padded) base64 = base64.replace(/=+$/, '');
  if (width > 0) base64 = (base64.match(new RegExp(`.{1,${width}}`, 'g')) ?? []).join(gap);
  if (escaped) base64 = base64.replaceAll('/', '\\/').replaceAll('=', '\\u003D').replaceAll('+', '\\u002b');
  return `{"text":"${prose}","image":"data:image/png;base64,${base64}${ended ? gap : ''}","more":[1,2]}`;
}

describe('the scanner', () => {
  test('lifts every long run of base64, however it is written, and leaves the rest as it was', () => {
    fc.assert(
      fc.property(dressed, (form) => {
        const { text, decoded } = scan(Buffer.from(dress(form)));

        expect(decoded).toHaveLength(1);
        expect(Buffer.compare(decoded[0] ?? Buffer.alloc(0), form.bytes)).toBe(0);
        expect(text.replace(/~.*~/, '')).toBe(dress({ ...form, bytes: Buffer.alloc(0) }));
      }),
      { numRuns: 150 },
    );
  });

  test('finds the same wherever chunks end', () => {
    fc.assert(
      fc.property(dressed, fc.array(fc.nat(1200), { maxLength: 12 }), (form, places) => {
        const body = Buffer.from(dress(form));
        const whole = scan(body);
        const cut = scan(
          body,
          places.map((place) => place % body.length),
        );

        expect([cut.text, cut.lifted]).toEqual([whole.text, whole.lifted]);
        expect(Buffer.compare(cut.original, body)).toBe(0);
      }),
      { numRuns: 150 },
    );
  });

  test('never fails on bytes of any kind, nor loses one of them', () => {
    const token = fc.oneof(
      fc.constantFrom('\\', '\\\\', '\\u', '=', '==', '"', '\n', ' ', 'A'.repeat(300), 'B'.repeat(60)),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(token), (tokens) => {
        const body = Buffer.from(tokens.join(''));
        const each = scan(body, [Math.floor(body.length / 2)]);

        expect(each.text).toBe(scan(body).text);
        expect(Buffer.compare(each.original, body)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  test('leaves prose alone, though it is made of base64 letters and spaces', () => {
    const prose = 'It was the best of times it was the worst of times '.repeat(400);

    expect(scan(Buffer.from(JSON.stringify({ prose }))).lifted).toEqual([]);
  });

  test('does not swallow the text behind an image without padding', () => {
    const base64 = 'iVBOR'.repeat(1000).slice(0, 4002);
    const { text, lifted } = scan(
      Buffer.from(JSON.stringify({ content: `${base64} Here is the picture of a fox` })),
    );

    expect(lifted).toEqual([base64]);
    expect(text).toContain(' Here is the picture of a fox');
  });

  test('takes no word for a last line that would make a length no base64 has', () => {
    const base64 = 'iVBOR'.repeat(200);

    expect(scan(Buffer.from(`"${base64} Hello"`))).toMatchObject({
      lifted: [base64],
      text: expect.stringContaining(' Hello"'),
    });
  });

  test('keeps distant base64 runs apart', () => {
    const [one, other] = ['A'.repeat(1000), 'B'.repeat(1000)];

    expect(scan(Buffer.from(`"${one}${' '.repeat(100)}${other}"`)).lifted).toEqual([one, other]);
  });

  test('draws another mark if a response holds the first', () => {
    const { text, marks } = scan(Buffer.from(`"${'A'.repeat(400)}"`));
    const forged = scan(Buffer.from(`"${text.slice(1, -1)} ${'B'.repeat(400)}"`));

    expect(forged.marks.prefix).not.toBe(marks.prefix);
  });
});
