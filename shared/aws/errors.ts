/** The table stayed too busy for a write: it lost to other transactions, or was throttled, as often as it may. */
export class TableBusyError extends Error {
  override name = 'TableBusyError';
}

/** Messages could not be sent, or their visibility not be changed, after all tries. */
export class QueueError extends Error {
  override name = 'QueueError';
}
