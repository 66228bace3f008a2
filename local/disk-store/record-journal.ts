import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod/mini';
import { errorCode } from '../../shared/domain/error-code.ts';
import { lineFile } from '../../shared/runtime/files/line-file.ts';
import { type ObjectRecord, recordsSchema } from './object-record.ts';

/** A copy, outside the table, of what is known of objects, charges included. Read only if the table is damaged or lost. */
export interface RecordJournal {
  add(key: string, records: readonly ObjectRecord[]): Promise<void>;
}

export function recordJournal(root: string): RecordJournal {
  const path = journalPath(root);
  const append = lineFile(path);
  let made: Promise<unknown> | undefined;
  return {
    add: async (key, records) => {
      made ??= mkdir(dirname(path), { recursive: true });
      await made;
      await append(JSON.stringify([key, records]));
    },
  };
}

const entry = z.tuple([z.string(), recordsSchema]);

/** Each object's latest records, as far as readable. */
export async function readJournal(root: string): Promise<Map<string, readonly ObjectRecord[]>> {
  const found = new Map<string, readonly ObjectRecord[]>();
  try {
    for await (const line of createInterface({ input: createReadStream(journalPath(root)) })) {
      const read = entry.safeParse(parsed(line));
      if (read.success) found.set(...read.data);
    }
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  return found;
}

/** A crash leaves half a line. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function journalPath(root: string): string {
  return join(root, '.meta', 'records.jsonl');
}
