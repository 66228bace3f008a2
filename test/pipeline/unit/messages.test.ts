import { describe, expect, test } from 'vitest';
import { parseWorkMessage, workMessageOf } from '../../../shared/pipeline/batch/messages.ts';
import { parseUploadMessage, uploadMessageOf } from '../../../shared/pipeline/messages.ts';
import fc from '../../support/property.ts';
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

  test.each([
    's3:ObjectCreated:Put',
    's3:ObjectCreated:CompleteMultipartUpload',
    'ObjectCreated:Post',
    'ObjectCreated:Copy',
    'ObjectCreated:PutObject',
    'ObjectCreated:*',
    'objectcreated:put',
    'OBJECT_CREATED_PUT',
    's3:ObjectCreate',
    'ObjectCreated',
  ])('is read whatever the server calls the event: %s', (eventName) => {
    expect(parseUploadMessage(s3Event(eventName, 'uploads%2Fa+b.csv'))).toEqual([{ key: 'uploads/a b.csv' }]);
  });

  test.each([
    's3:ObjectCreated:PutTagging',
    's3:ObjectCreated:PutRetention',
    's3:ObjectCreated:PutLegalHold',
    's3:ObjectRemoved:Delete',
    's3:ObjectAccessed:Get',
    'ObjectRestore:Completed',
    'ObjectTagging:Put',
    'LifecycleExpiration:Delete',
  ])('brings nothing where no object was made: %s', (eventName) => {
    expect(parseUploadMessage(s3Event(eventName, 'uploads/a.csv'))).toEqual([]);
  });

  test('is read through SNS, and from R2', () => {
    const Message = s3Event('ObjectCreated:Put', 'uploads/a+b.csv');
    const r2 = (action: string) =>
      JSON.stringify({ action, bucket: 'b', object: { key: 'uploads/a+b.csv' } });

    expect(parseUploadMessage(JSON.stringify({ Type: 'Notification', Message }))).toEqual([
      { key: 'uploads/a b.csv' },
    ]);
    expect(parseUploadMessage(r2('PutObject'))).toEqual([{ key: 'uploads/a+b.csv' }]);
    expect(parseUploadMessage(r2('CompleteMultipartUpload'))).toEqual([{ key: 'uploads/a+b.csv' }]);
    expect(parseUploadMessage(r2('LifecycleDeletion'))).toEqual([]);
  });

  test('through EventBridge sends nothing for a deleted object', () => {
    const body = { 'detail-type': 'Object Deleted', detail: { object: { key: 'uploads/a.csv' } } };

    expect(parseUploadMessage(JSON.stringify(body))).toEqual([]);
  });

  test('keeps a key that is not encoded, as some servers write it', () => {
    expect(parseUploadMessage(s3Event('ObjectCreated:Put', 'uploads/100%.csv'))).toEqual([
      { key: 'uploads/100%.csv' },
    ]);
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
