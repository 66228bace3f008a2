import { pipeline } from 'node:stream/promises';
import { type Item, imageOf } from '../../shared/domain/item/item.ts';
import { sniffImageType } from '../../shared/provider/picture/image-file.ts';
import { notFound } from '../problem.ts';
import { EDGES, type ThumbnailSize } from '../thumbnails/thumbnails.ts';
import { type Api, itemOf, refOf } from './api.ts';
import type { Call, Route } from './routes.ts';
import { mediaHeaders } from './send.ts';

/** The pictures, by batch, row and variant: what is read is what the table names, never a path of the caller. */
export function mediaRoutes(api: Api): Route[] {
  const base = '/media/:batch/:row/:variant';
  const sizes = Object.keys(EDGES) as ThumbnailSize[];
  return [
    ...sizes.map(
      (size): Route => ({
        method: 'GET',
        path: `${base}/${size}`,
        answer: (call) => sendThumbnail(api, call, size),
      }),
    ),
    { method: 'GET', path: `${base}/original`, answer: (call) => sendOriginal(api, call) },
  ];
}

async function sendThumbnail(api: Api, call: Call, size: ThumbnailSize): Promise<void> {
  const { response } = call;
  const item = await itemOf(api, refOf(call));
  const image = imageOf(item);
  if (image === undefined) throw notFound('This item has no image.');
  const left = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) left.abort();
  });
  const webp = await api.thumbnails.get(image, size, left.signal);
  if (webp === undefined) throw notFound('The image is no longer in the store.');
  response.writeHead(200, {
    ...mediaHeaders('image/webp'),
    ...cachingOf(call, item),
    'content-length': String(webp.byteLength),
  });
  response.end(webp);
}

async function sendOriginal(api: Api, call: Call): Promise<void> {
  const { response, url } = call;
  const item = await itemOf(api, refOf(call));
  const image = imageOf(item);
  if (image === undefined) throw notFound('This item has no image.');
  const object = await api.host.effects.store.get(image.key);
  if (object === undefined) throw notFound('The image is no longer in the store.');
  const chunks = object.body[Symbol.asyncIterator]();
  const first = await chunks.next();
  const head = first.done ? Buffer.alloc(0) : Buffer.from(first.value);
  // What it is, its own bytes say, whatever anybody wrote about it.
  const type = sniffImageType(head);
  const isAttachment = type === undefined || url.searchParams.has('download');
  const name = encodeURIComponent(image.key.slice(image.key.lastIndexOf('/') + 1));
  response.writeHead(200, {
    ...mediaHeaders(type ?? 'application/octet-stream'),
    ...cachingOf(call, item),
    'content-length': String(object.info.bytes),
    ...(isAttachment ? { 'content-disposition': `attachment; filename*=UTF-8''${name}` } : {}),
  });
  await pipeline(async function* bytes() {
    yield head;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  }, response);
}

/** An address that names the content never changes what it stands for. */
function cachingOf({ url }: Call, item: Item): Record<string, string> {
  const version = url.searchParams.get('v');
  const isNamed = version !== null && version !== '' && imageOf(item)?.sha256.startsWith(version) === true;
  return { 'cache-control': isNamed ? 'private, max-age=31536000, immutable' : 'private, no-cache' };
}
