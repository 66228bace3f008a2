/** Messages could not be sent or hidden after all tries. */
export class QueueError extends Error {
  override name = 'QueueError';
}
