import { createHash } from 'node:crypto';
import { readImageFile, sniffImageType } from '../../../shared/provider/picture/image-file.ts';
import { type ItemFacts, itemOf } from '../facts.ts';
import type { Tell, Watch, Watched } from '../watch.ts';

/**
 * I2: `done` means that the object is in the store with the recorded SHA-256, size, type and pixels; from then on, always. And
 * that an image of its content is known, so that nobody pays for the same again.
 */
export function watchImages({ facts }: Watched, tell: Tell): Watch {
  const known = new Set<unknown>();

  function check({ row, stored }: ItemFacts): void {
    const { state, content } = itemOf(stored);
    if (state.kind !== 'done') return;
    if (!known.has(content)) tell('I2', `row ${row} is done, and nobody will know its image again`);
    const { key, sha256, bytes, type, width, height, extras } = state.image;
    const object = facts.store.peek(key);
    if (object === undefined) {
      tell('I2', `row ${row} is done, and ${key} is not there`);
      return;
    }
    const found = Buffer.from(object.bytes);
    const isType = sniffImageType(found) === type && object.info.contentType === type;
    const hash = createHash('sha256').update(found).digest('hex');
    const pixels = readImageFile(type, found);
    const isSame = isType && hash === sha256 && found.byteLength === bytes;
    if (!isSame || pixels.kind !== 'whole' || pixels.width !== width || pixels.height !== height) {
      tell('I2', `row ${row} is done, and ${key} is not the image that was recorded`);
    }
    const gone = extras.filter((extra) => facts.store.peek(extra) === undefined);
    if (gone.length > 0) tell('I2', `row ${row} is done, and ${gone.join(', ')} are not there`);
  }

  return {
    onRows: (changes) => {
      for (const { key } of changes) if (key.sk === 'CONTENT') known.add(key.pk.slice('CONTENT#'.length));
      for (const { key, before, after } of changes) {
        if (!key.sk.startsWith('ITEM#') || after?.state !== 'done' || before?.state === 'done') continue;
        const item = facts.items.get(Number(after.row));
        if (item !== undefined) check(item);
      }
    },
    onObject: (key) => {
      const item = facts.itemOfImage(key);
      if (item?.stored.state === 'done') check(item);
    },
  };
}
