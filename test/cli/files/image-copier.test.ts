import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { createImageCopier } from '../../../cli/files/image-copier.ts';
import type { OutFolder } from '../../../cli/files/out-folder.ts';
import { oneLine } from '../../../cli/text/one-line.ts';

/** A folder on a disk that has no room: what Linux says of it is real. */
const FULL: Pick<OutFolder, 'copy'> = {
  copy: async () => {
    await pipeline([Buffer.from('an image')], createWriteStream('/dev/full'));
  },
};

test('a full disk under --out ends the run with one line that says nothing is lost', async () => {
  const copying = createImageCopier();
  copying.start(FULL);

  copying.add('images/batch/fox.png');
  await copying.finished();

  expect(oneLine(copying.failure())).toMatch(/the disk is full: make room .* nothing is lost$/);
});
