import { expect, test } from 'vitest';
import { axisText, formatAxes, parseAxes } from '../../../shared/domain/prompt-file/template/axes.ts';
import fc from '../../support/property.ts';

test('axes are lists of values by name', () => {
  expect(parseAxes('Season = spring, autumn ;city=São Paulo,a\\,b\\;c=d')).toEqual({
    kind: 'axes',
    axes: [
      { name: 'season', values: ['spring', 'autumn'] },
      { name: 'city', values: ['São Paulo', 'a,b;c=d'] },
    ],
  });
});

test('an axis under another name of a setting is that setting, unless the template names it', () => {
  const namesOf = (text: string, template?: string) => {
    const parsed = parseAxes(text, template);
    return parsed.kind === 'axes' ? parsed.axes.map(({ name }) => name) : parsed.reason;
  };

  expect(namesOf('ratio=1:1,16:9;imageSize=1K,2K;size=1024x1024')).toEqual([
    'aspect_ratio',
    'image_size',
    'size',
  ]);
  expect(namesOf('ratio=gold,silver', 'in a {{ratio}} frame')).toEqual(['ratio']);
  expect(namesOf('count=1,2')).toBe('"variants" cannot be an axis');
  expect(namesOf('count=1,2', '{{count}} cats')).toEqual(['count']);
});

test('any values come back as they were', () => {
  const value = fc
    .string({ minLength: 1 })
    .map((each) => each.trim())
    .filter((each) => each !== '');
  const axis = fc.record({ name: fc.constantFrom('a', 'b', 'c'), values: fc.array(value, { minLength: 1 }) });
  fc.assert(
    fc.property(fc.uniqueArray(axis, { selector: ({ name }) => name }), (axes) => {
      expect(parseAxes(formatAxes(axes))).toEqual({ kind: 'axes', axes });
    }),
  );
});

test('a value of an axis may contain the separators of axes', () => {
  expect(parseAxes(axisText('a=b;c,d'))).toEqual({
    kind: 'axes',
    axes: [{ name: 'a', values: ['b;c', 'd'] }],
  });
});

test.each([
  ['season', '"season" is no axis: write name=value,value'],
  ['=a', '"=a" is no axis: write name=value,value'],
  ['a=1;a=2', 'axis "a" stands there twice'],
  ['a=1,,2', 'axis "a" has an empty value'],
  ['variants=1,2', '"variants" cannot be an axis'],
])('%s is refused', (text, reason) => {
  expect(parseAxes(text)).toEqual({ kind: 'rejected', column: 'axes', reason });
});
