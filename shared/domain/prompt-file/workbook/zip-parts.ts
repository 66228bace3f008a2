import { Readable } from 'node:stream';
import yauzl from 'yauzl';
import type { FileBytes } from '../format.ts';
import { WorkbookError } from './sheet-text.ts';

/** A zip archive's files by name. */
export interface ZipParts {
  readonly names: ReadonlySet<string>;
  /** Unpacks a part, streamed. Throws `WorkbookError` if it is missing or over `mostBytes`. */
  open(name: string, mostBytes: number): AsyncIterable<Uint8Array>;
}

const MOST_PARTS = 10_000;

/** Reads an archive's directory, at its end. Throws `WorkbookError` if it is damaged. */
export async function openZip(file: FileBytes): Promise<ZipParts> {
  try {
    const zip = await yauzl.fromRandomAccessReaderPromise(new FileReader(file), file.size, {
      lazyEntries: true,
      autoClose: false,
    });
    const parts = new Map<string, yauzl.Entry>();
    for await (const entry of zip.eachEntry()) {
      parts.set(entry.fileName.toLowerCase(), entry);
      if (parts.size > MOST_PARTS) throw new WorkbookError(`it has over ${MOST_PARTS} parts`);
    }
    return {
      names: new Set(parts.keys()),
      open: (name, mostBytes) => unpack(zip, parts.get(name.toLowerCase()), mostBytes),
    };
  } catch (error) {
    throw asWorkbookError(error);
  }
}

async function* unpack(zip: yauzl.ZipFile, entry: yauzl.Entry | undefined, mostBytes: number) {
  if (entry === undefined) throw new WorkbookError('a part of it is missing');
  if (entry.isEncrypted()) throw new WorkbookError('it is protected by a password: save it without one');
  if (entry.uncompressedSize > mostBytes) throw tooLarge(entry.fileName, mostBytes);
  try {
    // Ends with an error if there is more than the directory says.
    yield* await zip.openReadStreamPromise(entry);
  } catch (error) {
    throw asWorkbookError(error);
  }
}

function tooLarge(name: string, mostBytes: number): WorkbookError {
  const megabytes = Math.round(mostBytes / 1024 / 1024);
  return new WorkbookError(`${name} unpacks to over ${megabytes} MB: save the sheet as CSV (UTF-8)`);
}

function asWorkbookError(error: unknown): WorkbookError {
  if (error instanceof WorkbookError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new WorkbookError(`it is damaged: ${reason}`, { cause: error });
}

class FileReader extends yauzl.RandomAccessReader {
  private readonly file: FileBytes;

  constructor(file: FileBytes) {
    super();
    this.file = file;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(range(this.file, start, end), { objectMode: false });
  }
}

async function* range(file: FileBytes, start: number, end: number): AsyncGenerator<Uint8Array> {
  let left = end - start;
  if (left <= 0) return;
  for await (const chunk of file.open(start)) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}
