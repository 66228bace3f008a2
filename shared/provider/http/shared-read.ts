import type { IncomingMessage } from 'node:http';
import type { OnReadOpts, Socket } from 'node:net';

/** As much as a socket gives in one turn. */
const READ_BYTES = 64 * 1024;
const buffer = Buffer.allocUnsafeSlow(READ_BYTES);

/**
 * Lets a socket read into the one buffer that all sockets share: with a buffer of its own for each read, an image of 20 MB costs
 * a fifth more. Node documents `onread` for net, not for http: test/provider/http/shared-read.test.ts holds it to what is used
 * here. What an answer keeps, because nobody reads it at the moment, is a copy.
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
