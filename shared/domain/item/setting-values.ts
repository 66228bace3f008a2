import { IMAGE_SIZES, type ImageSize } from '../calls/models.ts';

/** A number from 0 to `most` in common spellings: `0.7`, `0,7`, `1.0`, `7e-1`; else undefined. */
export function readNumber(text: string, most: number): number | undefined {
  const plain = plainText(text).replace(/^(\d+),(\d+)$/, '$1.$2');
  if (!/^(?:\d{1,6}(?:\.\d{0,20})?|\.\d{1,20})(?:e[+-]?\d{1,3})?$/i.test(plain)) return undefined;
  const value = Number(plain);
  return value <= most ? value : undefined;
}

/** A whole number from 1 to `most`, also `8192.0`, `8.192E+03` or `8,192`; undefined if it is none or ambiguous (`8.000`). */
export function readWhole(text: string, most: number): number | undefined {
  const plain = plainText(text);
  const grouped = /^\d{1,3}(?:[.,' \u{a0}\u{202f}’]\d{3})+$/u.test(plain);
  const meant = [
    ...(grouped ? [Number(plain.replace(/\D/g, ''))] : []),
    ...(/^\d+(?:[.,]0*)?$/.test(plain) ? [Number.parseInt(plain, 10)] : []),
    ...(/^\d(?:[.,]\d+)?e\+?\d{1,2}$/i.test(plain) ? [Number(plain.replace(',', '.'))] : []),
  ].filter((value) => Number.isInteger(value) && value >= 1 && value <= most);
  return meant.length === 1 ? meant[0] : undefined;
}

/**
 * An aspect ratio as `w:h`: `16x9`, `16×9`, `16/9`, `16：9`, `ASPECT_16_9`, and what spreadsheets make of `16:9`, a time to
 * them (`16:09:00`, `4:09 PM`, or 969 of a day's 1,440 minutes). Else undefined.
 */
export function readAspectRatio(text: string): string | undefined {
  const [, shape, height, width] = PORTRAIT.exec(plainText(text).toLowerCase()) ?? [];
  if (shape !== undefined) return ratioOf(Number(width), Number(height));
  if (/^square(?:_hd)?$/i.test(text.trim())) return '1:1';
  const plain = plainText(text)
    .toLowerCase()
    .replace(SHAPES, '')
    .replace(/[\s()[\]"]/g, '');
  const time = /^(\d{1,2}):(\d{1,2})(?::0{1,2}(?:\.0+)?)?([ap]m)?$/.exec(plain);
  if (time !== null) return ratioOf(hoursOf(Number(time[1]), time[3]), Number(time[2]));
  if (/^0\.\d{3,}$/.test(plain)) return ratioOfMinutes(Number(plain) * 24 * 60);
  const sides =
    /^(?:aspect_?(?:ratio_?)?)?(\d{1,2})(?:\.0+)?(?::|x|×|∶|꞉|÷|\/|-|–|_|by|to)(\d{1,2})(?:\.0+)?$/.exec(
      plain,
    );
  return sides === null ? undefined : ratioOf(Number(sides[1]), Number(sides[2]));
}

/** fal's `portrait_4_3` is three wide, four high. */
const PORTRAIT = /^(portrait)_(\d{1,2})_(\d{1,2})$/;
/** Words beside a ratio: `16:9 (landscape)`, `landscape_16_9`. */
const SHAPES =
  /\b(?:landscape|portrait|square|vertical|horizontal|wide(?:screen)?|tall|cinematic|standard)(?:_(?=\d)|\b)/g;

function hoursOf(hours: number, half: string | undefined): number {
  return half === undefined ? hours : (hours % 12) + (half === 'pm' ? 12 : 0);
}

function ratioOfMinutes(minutes: number): string | undefined {
  const whole = Math.round(minutes);
  return Math.abs(minutes - whole) < 1e-3 ? ratioOf(Math.floor(whole / 60), whole % 60) : undefined;
}

function ratioOf(width: number, height: number): string | undefined {
  return width > 0 && height > 0 ? `${width}:${height}` : undefined;
}

/** `2K`, `2k`, `2048`, `2048.0`, `2048px`; else undefined. */
export function readImageSize(text: string): ImageSize | undefined {
  const plain = plainText(text)
    .toUpperCase()
    .replaceAll(' ', '')
    .replace(/(?:\.0+)?(?:PX|PIXELS?)?$/, '');
  const pixels: Readonly<Record<string, ImageSize>> = {
    '0.5K': '512',
    '1024': '1K',
    '2048': '2K',
    '4096': '4K',
  };
  return (
    IMAGE_SIZES.find((each) => each === plain) ?? (Object.hasOwn(pixels, plain) ? pixels[plain] : undefined)
  );
}

/** A prefix, or `none` for the empty text. */
export function readPrefix(text: string): string {
  return /^(?:none|off|no|false|-)$/i.test(text.trim()) ? '' : text.trim();
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
}

/** `1024x1536`, `1024 × 1536`, `1024*1536`, `RESOLUTION_1024_1536`; else undefined. */
export function readPixels(text: string): Pixels | undefined {
  const plain = plainText(text)
    .toLowerCase()
    .replaceAll(' ', '')
    .replace(/(?:px|pixels?)$/, '');
  const [, width, height] =
    /^(?:resolution_)?(\d{2,5})(?:\.0+)?(?:px)?[x×*_,:/](\d{2,5})(?:\.0+)?$/.exec(plain) ?? [];
  return width === undefined || height === undefined
    ? undefined
    : plausiblePixels(Number(width), Number(height));
}

/** Undefined if no model makes such images. */
export function plausiblePixels(width: number, height: number): Pixels | undefined {
  const [least, most] = [Math.min(width, height), Math.max(width, height)];
  return least >= 128 && most <= 16_384 ? { width, height } : undefined;
}

/** Sides in multiples of 64 are off by up to 2.6 % (1216×832 for 3:2). */
const RATIO_TOLERANCE = 0.04;

/** The nearest ratio; undefined if none is near. */
export function nearestRatio({ width, height }: Pixels, ratios: readonly string[]): string | undefined {
  const away = (ratio: string) => {
    const [w = 1, h = 1] = ratio.split(':').map(Number);
    return Math.abs(Math.log((width * h) / (height * w)));
  };
  const nearest = ratios.toSorted((a, b) => away(a) - away(b))[0];
  return nearest !== undefined && away(nearest) <= RATIO_TOLERANCE ? nearest : undefined;
}

/** Without compatibility forms (`：` is `:`) and the apostrophe that keeps a cell text. */
function plainText(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim()
    .replace(/^['’]/, '');
}
