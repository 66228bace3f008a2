/** Keeps silent servers from using up a function's time: 20 s with the SDK's retries (four for DynamoDB). */
export const REQUEST_TIMEOUT_MS = 5_000;
/** For custom addresses, maybe an emulator on a busy machine, and for a part of an upload. */
export const LONG_REQUEST_TIMEOUT_MS = 30_000;
/** The longest silence within a body. */
export const BODY_IDLE_TIMEOUT_MS = 30_000;

const CONNECTION_TIMEOUT_MS = 3_000;
/** The slowest accepted upload: 20 MB in a little over a minute. */
const SLOWEST_BYTES_PER_SECOND = 256 * 1024;

/** SDK options, so that no request waits longer for its response. */
export function timeLimits(requestTimeout: number = REQUEST_TIMEOUT_MS) {
  // Without the last, the SDK only warns.
  return { connectionTimeout: CONNECTION_TIMEOUT_MS, requestTimeout, throwOnRequestTimeout: true };
}

/** The longest upload of so many bytes. */
export function uploadTimeoutMs(bytes: number, leastMs = LONG_REQUEST_TIMEOUT_MS): number {
  return leastMs + Math.ceil((bytes / SLOWEST_BYTES_PER_SECOND) * 1_000);
}
