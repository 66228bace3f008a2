import { nameList } from '../../domain/canonical-name.ts';

/**
 * google.rpc.Code by number with its HTTP status, as grpc-gateway and gRPC-Web write it:
 * https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
 */
const CODES = nameList(`
  OK 200, CANCELLED 499, UNKNOWN 500, INVALID_ARGUMENT 400, DEADLINE_EXCEEDED 504, NOT_FOUND 404,
  ALREADY_EXISTS 409, PERMISSION_DENIED 403, RESOURCE_EXHAUSTED 429, FAILED_PRECONDITION 400, ABORTED 409,
  OUT_OF_RANGE 400, UNIMPLEMENTED 501, INTERNAL 500, UNAVAILABLE 503, DATA_LOSS 500, UNAUTHENTICATED 401`);

interface GrpcStatus {
  readonly name: string;
  readonly httpStatus: number;
}

/** The status of a number or its digits; undefined for OK and unknown ones. */
export function grpcStatus(value: unknown): GrpcStatus | undefined {
  const number = typeof value === 'string' && /^\d{1,2}$/.test(value) ? Number(value) : value;
  const [name, httpStatus] = (typeof number === 'number' && number > 0 && CODES[number]?.split(' ')) || [];
  return name === undefined ? undefined : { name, httpStatus: Number(httpStatus) };
}
