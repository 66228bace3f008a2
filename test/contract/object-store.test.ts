import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { diskStoreIn } from '../support/disk-store.ts';
import { useEmulators } from '../support/emulators.ts';
import { objectStoreSuite } from './object-store.suite.ts';

const emulators = useEmulators();

objectStoreSuite('S3', emulators.freshStore);

objectStoreSuite('disk', async () => {
  const root = await mkdtemp(join(tmpdir(), 'pressrun-store-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return diskStoreIn(root);
});
