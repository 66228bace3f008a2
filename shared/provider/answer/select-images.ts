import type { FetchLink } from '../http/image-link.ts';
import { readImageFile, sniffImageType, sniffOtherImage } from '../picture/image-file.ts';
import { decodeBase64 } from '../scan/base64.ts';
import type { DecodedImage } from '../types.ts';
import type { ImageCandidate, LinkCandidate } from './content-text.ts';
import type { AnswerContent } from './find-images.ts';

/** A response's whole images, and the others. */
export interface Selection {
  readonly images: readonly DecodedImage[];
  readonly unusable: readonly UnusableImage[];
  /** A link is the problem: the response itself was whole. */
  readonly byLink: boolean;
}

interface UnusableImage {
  readonly kind: 'unusable';
  readonly problem: string;
  /** If its header says them. */
  readonly pixels?: number | undefined;
  /** What you can change to use it: allow its host, or ask for another type. */
  readonly because?: { readonly kind: 'host'; readonly host: string } | { readonly kind: 'type' };
}

type Decoded =
  | { readonly kind: 'image'; readonly image: DecodedImage }
  | UnusableImage
  | { readonly kind: 'nothing' };

const MOST_LINKS = 4;
/** Of more, the last count. */
const MOST_IMAGES = 64;

/** Decodes images in order (contract §2): links only without embedded ones, drafts only without others, the same bytes once. */
export async function selectImages(
  content: AnswerContent,
  fetchLink: FetchLink,
  mostPixels: number,
): Promise<Selection> {
  const decoded = (thought: boolean) =>
    select(
      decodeAll(
        content.images.filter((each) => each.thought === thought),
        mostPixels,
      ),
    );
  const finals = decoded(false);
  if (finals.images.length > 0) return finals;

  const linked = await selectLinks(content.links, fetchLink, mostPixels);
  const unusable = [...finals.unusable, ...linked.unusable];
  if (linked.images.length > 0 || unusable.length > 0) {
    return { images: linked.images, unusable, byLink: finals.unusable.length === 0 };
  }
  return decoded(true);
}

/** Reads a file: type by first bytes, whole or not, cut at its container's end. */
function decodeImage(bytes: Buffer, mostPixels: number): Decoded {
  const type = sniffImageType(bytes);
  if (type === undefined) {
    const other = sniffOtherImage(bytes);
    return other === undefined
      ? unusable('its bytes are no PNG, JPEG or WebP')
      : unusable(`it is ${other}, not PNG, JPEG or WebP`, { because: { kind: 'type' } });
  }
  const facts = readImageFile(type, bytes);
  if (facts.kind === 'damaged') {
    return unusable(facts.problem, { pixels: plausible(facts.pixels, mostPixels) });
  }
  const { width, height, end } = facts;
  if (width * height > mostPixels)
    return unusable(`it says ${width} × ${height} pixels, more than the model can make`);
  return { kind: 'image', image: { bytes: bytes.subarray(0, end), type, width, height } };
}

function decodeAll(candidates: readonly ImageCandidate[], mostPixels: number): Decoded[] {
  return candidates.slice(-MOST_IMAGES).map((each) => decodeCandidate(each, mostPixels));
}

function decodeCandidate({ base64 }: ImageCandidate, mostPixels: number): Decoded {
  if (base64.letters === 0) return unusable('there is no base64 where it should be');
  const bytes = decodeBase64(base64);
  return bytes === undefined
    ? unusable(`its base64 has an impossible length (${base64.letters})`)
    : decodeImage(bytes, mostPixels);
}

async function selectLinks(
  links: readonly LinkCandidate[],
  fetchLink: FetchLink,
  mostPixels: number,
): Promise<Selection> {
  const decoded: Decoded[] = [];
  for (const link of oncePerUrl(links).slice(-MOST_LINKS)) {
    decoded.push(await decodeLink(link, fetchLink, mostPixels));
  }
  return { ...select(decoded), byLink: true };
}

/** A link in prose may lead anywhere: it counts only if it brings an image. */
async function decodeLink(
  { url, claimed }: LinkCandidate,
  fetchLink: FetchLink,
  mostPixels: number,
): Promise<Decoded> {
  const fetched = await fetchLink(url);
  switch (fetched.kind) {
    case 'refused':
      return claimed ? refusedLink(fetched) : { kind: 'nothing' };
    case 'failed':
      return unusable(`its link could not be fetched: ${fetched.problem}`);
    case 'fetched': {
      const decoded = decodeImage(fetched.bytes, mostPixels);
      return decoded.kind === 'unusable' && !claimed ? { kind: 'nothing' } : decoded;
    }
  }
}

function oncePerUrl(links: readonly LinkCandidate[]): LinkCandidate[] {
  const byUrl = new Map<string, LinkCandidate>();
  for (const link of links) {
    byUrl.set(link.url, { url: link.url, claimed: link.claimed || byUrl.get(link.url)?.claimed === true });
  }
  return [...byUrl.values()];
}

function select(decoded: readonly Decoded[]): Selection {
  const images = decoded.flatMap((each) => (each.kind === 'image' ? [each.image] : []));
  const unusable = decoded.filter((each) => each.kind === 'unusable');
  // Of equal images the last stays, because the last image is the result.
  const distinct = images.filter(
    (image, index) => !images.slice(index + 1).some((later) => sameBytes(image, later)),
  );
  return { images: distinct, unusable, byLink: false };
}

function sameBytes(one: DecodedImage, other: DecodedImage): boolean {
  return one.bytes.length === other.bytes.length && Buffer.compare(one.bytes, other.bytes) === 0;
}

function refusedLink({ problem, host }: { problem: string; host?: string }): UnusableImage {
  const because = host === undefined ? {} : { because: { kind: 'host' as const, host } };
  return unusable(`its link was not followed: ${problem}`, because);
}

function unusable(problem: string, more: Pick<UnusableImage, 'pixels' | 'because'> = {}): UnusableImage {
  return { kind: 'unusable', problem, ...more };
}

function plausible(pixels: number | undefined, mostPixels: number): number | undefined {
  return pixels !== undefined && pixels <= mostPixels ? pixels : undefined;
}
