import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { answerOf } from '../../../bench/answers.ts';
import { answerWith, startServer } from '../../provider/fixtures/loopback.ts';

const ANSWERS = 50;
const IMAGE_BYTES = 8_000_000;
/** The kernel gives no more (Linux). 575 MB of it are mapped by Node itself; all answers together would need 1,050. */
const DATA_KB = 850_000;
const HEAP_MB = 64;

test(`${ANSWERS} answers at once, larger together than the memory of the process, kill nothing`, async () => {
  const body = answerOf(IMAGE_BYTES);
  const { url } = await startServer(answerWith(body, { headers: { 'content-length': body.length } }));
  const script = fileURLToPath(new URL('read-many.ts', import.meta.url));

  const command = `ulimit -d ${DATA_KB} 2>/dev/null; exec "$0" --max-old-space-size=${HEAP_MB} "$@"`;
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    command,
    process.execPath,
    script,
    url,
    `${ANSWERS}`,
  ]);

  const read = JSON.parse(stdout);
  expect(read).toMatchObject({ read: ANSWERS, bytes: IMAGE_BYTES + 57 });
  expect(read.limit, 'half of the heap that it has').toBeLessThan(HEAP_MB * 1024 * 1024);
  expect(read.peakMb).toBeLessThan(250);
}, 60_000);
