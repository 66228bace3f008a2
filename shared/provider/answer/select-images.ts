import type { FetchLink } from '../http/image-link.ts';
import { readImageFile, sniffImageType, sniffOtherImage } from '../picture/image-file.ts';
import { decodeBase64 } from '../scan/base64.ts';
import type { DecodedImage } from '../types.ts';
import type { ImageCandidate, LinkCandidate } from './content-text.ts';
import type { AnswerContent } from './find-images.ts';

/** The images of an answer that are whole, and what is wrong with those that are not. */
export interface Selection {
  readonly images: readonly DecodedImage[];
  readonly problems: readonly string[];
  /** Pixels of each picture that cannot be used, where its header says them. */
  readonly unusedPixels: readonly (number | undefined)[];
  /** The problem is with a link: the answer itself was whole. */
  readonly byLink: boolean;
}

type Decoded =
  | { readonly kind: 'image'; readonly image: DecodedImage }
  | { readonly kind: 'problem'; readonly problem: string; readonly pixels: number | undefined }
  | { readonly kind: 'nothing' };

/** How the problem of a link that a rule forbids begins, and how that of an image whose type is not taken ends. */
export const REFUSED_LINK = 'its link was not followed';
export const OTHER_TYPE = 'not PNG, JPEG or WebP';

const MOST_LINKS = 4;
/** Of more, the last count: an answer is not trusted to be reasonable. */
const MOST_IMAGES = 64;

/**
 * Decodes the images that were found, in order (provider-contract §2, rules): links only where no image came in the
 * answer itself, drafts only where nothing else did, the same bytes once.
 */
export async function selectImages(
  content: AnswerContent,
  fetchLink: FetchLink,
  mostPixels: number,
): Promise<Selection> {
  const finals = select(
    decodeAll(
      content.images.filter((each) => !each.thought),
      mostPixels,
    ),
  );
  if (finals.images.length > 0) return finals;

  const linked = await selectLinks(content.links, fetchLink, mostPixels);
  if (linked.images.length > 0 || finals.problems.length + linked.problems.length > 0) {
    return {
      ...linked,
      problems: [...finals.problems, ...linked.problems],
      unusedPixels: [...finals.unusedPixels, ...linked.unusedPixels],
      byLink: finals.problems.length === 0,
    };
  }
  return select(
    decodeAll(
      content.images.filter((each) => each.thought),
      mostPixels,
    ),
  );
}

/** Reads one file: its type from its first bytes, whole or not, cut at the end of its container. */
function decodeImage(bytes: Buffer, mostPixels: number): Decoded {
  const type = sniffImageType(bytes);
  if (type === undefined) {
    const other = sniffOtherImage(bytes);
    return problem(
      other === undefined ? 'its bytes are no PNG, JPEG or WebP' : `it is ${other}, ${OTHER_TYPE}`,
    );
  }
  const facts = readImageFile(type, bytes);
  if (facts.kind === 'damaged') return problem(facts.problem, plausible(facts.pixels, mostPixels));
  const { width, height, end } = facts;
  if (width * height > mostPixels)
    return problem(`it says ${width} × ${height} pixels, more than the model can make`);
  return { kind: 'image', image: { bytes: bytes.subarray(0, end), type, width, height } };
}

function decodeAll(candidates: readonly ImageCandidate[], mostPixels: number): Decoded[] {
  return candidates.slice(-MOST_IMAGES).map((each) => decodeCandidate(each, mostPixels));
}

function decodeCandidate({ base64 }: ImageCandidate, mostPixels: number): Decoded {
  if (base64.letters === 0) return problem('there is no base64 where it should be');
  const bytes = decodeBase64(base64);
  return bytes === undefined
    ? problem(`its base64 has an impossible length (${base64.letters})`)
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

/** A link in prose may lead anywhere: only where it is allowed and brings an image does it count. */
async function decodeLink(
  { url, claimed }: LinkCandidate,
  fetchLink: FetchLink,
  mostPixels: number,
): Promise<Decoded> {
  const fetched = await fetchLink(url);
  switch (fetched.kind) {
    case 'refused':
      return claimed ? problem(`${REFUSED_LINK}: ${fetched.problem}`) : { kind: 'nothing' };
    case 'failed':
      return problem(`its link could not be fetched: ${fetched.problem}`);
    case 'fetched': {
      const decoded = decodeImage(fetched.bytes, mostPixels);
      return decoded.kind === 'problem' && !claimed ? { kind: 'nothing' } : decoded;
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
  const unused = decoded.filter((each) => each.kind === 'problem');
  // The later of two equal images goes, or stays where it is the last: either way the last image is the result.
  const distinct = images.filter(
    (image, index) => !images.slice(index + 1).some((later) => sameBytes(image, later)),
  );
  return {
    images: distinct,
    problems: unused.map((each) => each.problem),
    unusedPixels: unused.map((each) => each.pixels),
    byLink: false,
  };
}

function sameBytes(one: DecodedImage, other: DecodedImage): boolean {
  return one.bytes.length === other.bytes.length && Buffer.compare(one.bytes, other.bytes) === 0;
}

function problem(text: string, pixels?: number): Decoded {
  return { kind: 'problem', problem: text, pixels };
}

function plausible(pixels: number | undefined, mostPixels: number): number | undefined {
  return pixels !== undefined && pixels <= mostPixels ? pixels : undefined;
}
