import { describe, expect, test } from 'vitest';
import { callWith, failureOf } from '../fixtures/calls.ts';

/** google.rpc.Code (googleapis/google/rpc/code.proto), and what each means here. */
const CODES: readonly (readonly [number: number, name: string, code: string])[] = [
  [1, 'CANCELLED', 'timeout'],
  [2, 'UNKNOWN', 'upstream'],
  [3, 'INVALID_ARGUMENT', 'bad_request'],
  [4, 'DEADLINE_EXCEEDED', 'timeout'],
  [5, 'NOT_FOUND', 'model'],
  [6, 'ALREADY_EXISTS', 'timeout'],
  [7, 'PERMISSION_DENIED', 'forbidden'],
  [8, 'RESOURCE_EXHAUSTED', 'rate_limit'],
  [9, 'FAILED_PRECONDITION', 'forbidden'],
  [10, 'ABORTED', 'timeout'],
  [11, 'OUT_OF_RANGE', 'bad_request'],
  [12, 'UNIMPLEMENTED', 'upstream'],
  [13, 'INTERNAL', 'upstream'],
  [14, 'UNAVAILABLE', 'upstream'],
  [15, 'DATA_LOSS', 'upstream'],
  [16, 'UNAUTHENTICATED', 'auth'],
];
const codeOf = async (status: number, body: object) => failureOf(await callWith(body, { status })).code;

describe('a number of google.rpc.Code means what its name means', () => {
  test.each(CODES)('%d is %s: %s', async (number, _name, code) => {
    const bodies = [
      { code: number, message: 'm' },
      { code: String(number), message: 'm' },
      { error: { code: number, message: 'm' } },
      { error: 'm', code: number, message: 'm' },
      { error: { grpc_code: number, message: 'm' } },
      [{ error: { code: number, message: 'm', details: [] } }],
    ];

    expect(await Promise.all(bodies.map((body) => codeOf(500, body)))).toEqual(bodies.map(() => code));
    expect(await codeOf(200, { code: number, message: 'm', details: [] })).toBe(code);
  });

  test('but of a gateway that has a status of its own, it may be its own number', async () => {
    expect(await codeOf(400, { code: 8, message: 'wrong size' })).toBe('bad_request');
    expect(await codeOf(400, { code: 8, message: 'm', details: [] })).toBe('rate_limit');
  });
});
