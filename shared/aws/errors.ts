/** Messages could not be sent, or their visibility not be changed, after all tries. */
export class QueueError extends Error {
  override name = 'QueueError';
}
