/** No silent server may hold a function to the end of its own time: with the SDK's tries (four for DynamoDB), this is 20 s at the most. */
export const REQUEST_TIMEOUT_MS = 5_000;
/** Of servers at an address of one's own, which may be an emulator on a busy machine; and of a part of an upload. */
export const LONG_REQUEST_TIMEOUT_MS = 30_000;
/** For how long a body that has started may bring nothing. */
export const BODY_IDLE_TIMEOUT_MS = 30_000;

const CONNECTION_TIMEOUT_MS = 3_000;
/** The slowest upload that is waited for: an image of 20 MB in a little over a minute. */
const SLOWEST_BYTES_PER_SECOND = 256 * 1024;

/** What an SDK client is made with, so that no request waits longer than this for its answer's beginning. */
export function timeLimits(requestTimeout: number = REQUEST_TIMEOUT_MS) {
  // Without the last, the SDK only warns.
  return { connectionTimeout: CONNECTION_TIMEOUT_MS, requestTimeout, throwOnRequestTimeout: true };
}

/** For how long an upload of so many bytes may take. */
export function uploadTimeoutMs(bytes: number, leastMs = LONG_REQUEST_TIMEOUT_MS): number {
  return leastMs + Math.ceil((bytes / SLOWEST_BYTES_PER_SECOND) * 1_000);
}
