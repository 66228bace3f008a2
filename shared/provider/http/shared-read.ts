import type { IncomingMessage } from 'node:http';
import type { OnReadOpts, Socket } from 'node:net';

/** What a socket gives in one turn. */
const READ_BYTES = 64 * 1024;
const buffer = Buffer.allocUnsafeSlow(READ_BYTES);

/**
 * All sockets read into one shared buffer: their own cost a fifth more for 20 MB. Node documents `onread` for net, not http
 * (test/provider/http/shared-read.test.ts checks it). What must be kept is copied.
 */
export function sharedRead(answer: () => IncomingMessage | undefined): OnReadOpts {
  return {
    buffer,
    callback(this: Socket, bytes: number) {
      const chunk = buffer.subarray(0, bytes);
      this.emit('data', isRead(answer()) ? chunk : Buffer.from(chunk));
      return true;
    },
  };
}

function isRead(answer: IncomingMessage | undefined): boolean {
  return answer?.readableFlowing === true && answer.readableDidRead && answer.readableLength === 0;
}
