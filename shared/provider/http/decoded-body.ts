import { once } from 'node:events';
import type { Readable, Transform } from 'node:stream';
import { createDecoder, detectBodyEncoding, isPlainStart, PROBED_BYTES } from './body-encoding.ts';

interface BodySink {
  /** The chunk is free again afterwards. No more comes until the promise has settled. */
  readonly onData: (chunk: Buffer) => Promise<unknown> | undefined;
  readonly onEnd: () => void;
  readonly onError: (error: unknown) => void;
}

/** Fewer compressed bytes may look like text. */
const SURELY_PLAIN_BYTES = 48;
/** More is a compression bomb. */
const MOST_LAYERS = 3;

/** Hands a body on as it arrives, decompressed. `label` is its `Content-Encoding`. */
export function readDecoded(source: Readable, label: string | undefined, sink: BodySink, layer = 0): void {
  let begun: Begun | undefined;
  const waiting: Buffer[] = [];

  const begin = (): Begun => {
    const start = Buffer.concat(waiting);
    const encoding = layer < MOST_LAYERS ? detectBodyEncoding(label, start) : 'plain';
    begun = encoding === 'plain' ? sink : throughDecoder(createDecoder(encoding), sink, layer);
    pass(begun, start);
    waiting.length = 0;
    return begun;
  };
  const pass = (to: Begun, chunk: Buffer): void => {
    const wait = to.onData(chunk);
    if (wait === undefined) return;
    source.pause();
    const resume = () => source.resume();
    wait.then(resume, resume);
  };

  source.on('data', (chunk: Buffer) => {
    if (begun !== undefined) return pass(begun, chunk);
    waiting.push(Buffer.from(chunk));
    const bytes = waiting.reduce((sum, each) => sum + each.length, 0);
    if (bytes >= PROBED_BYTES || (chunk.length >= SURELY_PLAIN_BYTES && isPlainStart(chunk))) begin();
  });
  source.on('end', () => (begun ?? begin()).onEnd());
  source.on('error', (error) => (begun ?? begin()).onError(error));
}

type Begun = BodySink;

/** If the source breaks off, its decoder is emptied first: that may be all there is. */
function throughDecoder(decoder: Transform, sink: BodySink, layer: number): BodySink {
  let broken: unknown;
  readDecoded(
    decoder,
    undefined,
    {
      onData: sink.onData,
      onEnd: () => (broken === undefined ? sink.onEnd() : sink.onError(broken)),
      onError: (error) => sink.onError(broken ?? error),
    },
    layer + 1,
  );
  return {
    onData: (chunk) => (decoder.write(Buffer.from(chunk)) ? undefined : once(decoder, 'drain')),
    onEnd: () => decoder.end(),
    onError: (error) => {
      broken = error;
      decoder.end();
    },
  };
}
