import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  parseUploadMessage,
  parseWorkMessage,
  uploadMessageOf,
  workMessageOf,
} from '../../../shared/pipeline/batch/messages.ts';
import { batchIdFrom } from '../../support/specimens.ts';

describe('a work message', () => {
  test('names an item, and is grouped by its batch', () => {
    const message = workMessageOf({ batch: batchIdFrom('foxes-01'), row: 12, variant: 3 });

    expect(message.group).toBe('foxes-01');
    expect(parseWorkMessage(message.body)).toEqual({ batch: 'foxes-01', row: 12, variant: 3 });
  });

  test.each([
    ['no JSON', 'hello'],
    ['no item', '{"batch":"foxes"}'],
    ['a batch that cannot be one', '{"batch":"../x","row":1,"variant":1}'],
    ['a row that is no number', '{"batch":"foxes","row":"1","variant":1}'],
    ['a row below none', '{"batch":"foxes","row":-1,"variant":1}'],
  ])('that is %s is thrown out', (_, body) => {
    expect(() => parseWorkMessage(body)).toThrow();
  });
});

describe('an upload message', () => {
  test('brings any key back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
        const key = `uploads/${name}`;
        expect(parseUploadMessage(uploadMessageOf({ key }).body)).toEqual([{ key }]);
      }),
    );
  });

  test.each([
    ['uploads/a b+c.csv', 'uploads/a+b%2Bc.csv'],
    ['uploads/émile (1).csv', 'uploads/%C3%A9mile+%281%29.csv'],
    ["uploads/100% 'true'!.csv", 'uploads/100%25+%27true%27%21.csv'],
    ['uploads/a/b/日本.csv', 'uploads/a/b/%E6%97%A5%E6%9C%AC.csv'],
  ])('reads %s from an S3 notification, whose keys are encoded as in a form', (key, encoded) => {
    expect(parseUploadMessage(s3Event('ObjectCreated:CompleteMultipartUpload', encoded))).toEqual([{ key }]);
    expect(uploadMessageOf({ key }).body).toContain(`"${encoded}"`);
  });

  test('reads keys as they are from EventBridge', () => {
    const body = JSON.stringify({
      'detail-type': 'Object Created',
      detail: { object: { key: 'uploads/a+b %.csv' } },
    });

    expect(parseUploadMessage(body)).toEqual([{ key: 'uploads/a+b %.csv' }]);
  });

  test('passes over the test message that S3 sends when notifications are set up, and over removals', () => {
    expect(parseUploadMessage('{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}')).toEqual([]);
    expect(parseUploadMessage(s3Event('ObjectRemoved:Delete', 'uploads/a.csv'))).toEqual([]);
  });

  test.each(['', '{}', '[]', '{"Records":"none"}', '{"Records":[{"eventName":"ObjectCreated:Put"}]}'])(
    'that is nothing of the kind is thrown out: %s',
    (body) => {
      expect(() => parseUploadMessage(body)).toThrow();
    },
  );
});

function s3Event(eventName: string, key: string): string {
  return JSON.stringify({
    Records: [{ eventName, s3: { bucket: { name: 'b' }, object: { key, size: 1 } } }],
  });
}
