import { randomFrom } from '../random.ts';
import { encodePicture } from './encode.ts';
import { letteringSvg } from './lettering.ts';
import type { PictureOrder } from './picture-order.ts';
import { sceneSvg } from './scene.ts';

/** Drawn at most this large and then enlarged: drawing costs by the pixel. */
const LARGEST_DRAWN_PX = 1_600;
const PROMPT_CHARS = 420;
const PAPER = '#fffdf8';
const INK = '#26243a';

/** A landscape with the prompt on a card before it and a line below that says what it is. */
export async function drawPicture(order: PictureOrder): Promise<Buffer> {
  const shrink = Math.min(1, LARGEST_DRAWN_PX / Math.max(order.width, order.height));
  const drawn = { width: Math.round(order.width * shrink), height: Math.round(order.height * shrink) };
  const { default: sharp } = await import('sharp');
  const picture = sharp(Buffer.from(pictureSvg(order, drawn)), { limitInputPixels: false }).removeAlpha();
  const sized =
    shrink === 1 ? picture : picture.resize(order.width, order.height, { kernel: 'linear', fit: 'fill' });
  return encodePicture(sized, order.type);
}

function pictureSvg(order: PictureOrder, { width, height }: { width: number; height: number }): string {
  const unit = Math.min(width, height);
  const card = {
    x: width * 0.09,
    y: height * 0.3,
    width: width * 0.82,
    height: height * 0.44,
  };
  const padding = unit * 0.05;
  const text = {
    x: card.x + padding,
    y: card.y + padding,
    width: card.width - 2 * padding,
    height: card.height - 2 * padding,
  };
  const footer = { x: width * 0.05, y: height - unit * 0.07, width: width * 0.9, height: unit * 0.045 };
  const label = `simulated · ${order.model} · ${order.width}×${order.height}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">`,
    sceneSvg({ width, height }, randomFrom('scene', order.prompt, order.id)),
    `<rect x="${card.x}" y="${card.y}" width="${card.width}" height="${card.height}" rx="${unit * 0.035}" fill="${PAPER}" fill-opacity="0.9"/>`,
    letteringSvg(shown(order.prompt), text, unit * 0.05, INK),
    letteringSvg(label, footer, unit * 0.016, PAPER),
    '</svg>',
  ].join('');
}

/** The prompt without what the client adds around it. */
function shown(prompt: string): string {
  const words = prompt
    .replace(/^\s*generate an image:\s*/i, '')
    .replace(/\n\nThe image has an? (aspect ratio|resolution) of [^\n]{1,80}$/, '')
    .trim();
  const characters = [...words];
  return characters.length <= PROMPT_CHARS ? words : `${characters.slice(0, PROMPT_CHARS - 1).join('')}…`;
}
