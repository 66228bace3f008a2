import { hangulOf } from './hangul.ts';
import { type Letter, letterOf, markOf } from './letters.ts';

interface LetteringBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Units of the stroke font: 10 from cap line to base line, so much between letters, words and lines. */
const GAP = 2.2;
const SPACE = 5;
const LINE = 19;
const WIDE = 11;
const CAP = 10;
const SCALES_TRIED = 40;

/** Text wrapped and set as large as fits in the box (cap height `maxCapPx` at most), centred, as SVG. */
export function letteringSvg(text: string, box: LetteringBox, maxCapPx: number, colour: string): string {
  const words = text
    .normalize('NFC')
    .split(/\s+/)
    .filter((word) => word !== '');
  const { lines, scale } = fitted(words, box, maxCapPx / CAP);
  const heightPx = (lines.length * LINE - (LINE - CAP)) * scale;
  const topPx = box.y + (box.height - heightPx) / 2;
  const rows = lines.map((line, index) => {
    const xPx = box.x + (box.width - widthOf(line) * scale) / 2;
    const place = `translate(${xPx.toFixed(1)} ${(topPx + index * LINE * scale).toFixed(1)}) scale(${scale.toFixed(3)})`;
    return `<g transform="${place}">${lineSvg(line, colour)}</g>`;
  });
  return `<g fill="none" stroke="${colour}" stroke-width="1.15" stroke-linecap="round" stroke-linejoin="round">${rows.join('')}</g>`;
}

function fitted(
  words: readonly string[],
  box: LetteringBox,
  largest: number,
): { lines: string[]; scale: number } {
  let scale = largest;
  let lines: string[] = [];
  for (let tried = 0; tried < SCALES_TRIED; tried++) {
    lines = wrap(words, box.width / scale);
    if (lines.length * LINE * scale <= box.height) break;
    scale *= 0.93;
  }
  return { lines: lines.slice(0, Math.max(1, Math.floor(box.height / (LINE * scale)))), scale };
}

function wrap(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words.flatMap((each) => breakWord(each, width))) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(`${last} ${word}`) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function breakWord(word: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const character of word) {
    if (piece !== '' && widthOf(piece + character) > width) {
      pieces.push(piece);
      piece = '';
    }
    piece += character;
  }
  return [...pieces, piece];
}

function widthOf(line: string): number {
  return [...line].reduce((sum, character) => sum + advance(character), -GAP);
}

function advance(character: string): number {
  if (character === ' ') return SPACE;
  return (strokesOf(baseOf(character))?.width ?? WIDE) + GAP;
}

function lineSvg(line: string, colour: string): string {
  let x = 0;
  const parts: string[] = [];
  for (const character of line) {
    if (character !== ' ') parts.push(characterSvg(character, x, colour));
    x += advance(character);
  }
  return parts.join('');
}

/** A letter of the stroke font with its marks; any other character by the machine's own fonts, as far as it has them. */
function characterSvg(character: string, x: number, colour: string): string {
  const base = baseOf(character);
  const letter = strokesOf(base);
  if (letter === undefined) {
    return `<text x="${(x + WIDE / 2).toFixed(1)}" y="10" font-size="13" text-anchor="middle" font-family="sans-serif" stroke="none" fill="${colour}">${escapeXml(character)}</text>`;
  }
  const strokes = `<path transform="translate(${x.toFixed(1)})" d="${letter.path}"/>`;
  const topY = /\p{Ll}/u.test(base) ? 3.6 : 0;
  const marks = [...character.normalize('NFD')].slice(1).flatMap((mark) => markOf(mark) ?? []);
  const centreX = x + letter.width / 2;
  return (
    strokes +
    marks.map((path) => `<path transform="translate(${centreX.toFixed(1)} ${topY})" d="${path}"/>`).join('')
  );
}

function strokesOf(character: string): Letter | undefined {
  return letterOf(character) ?? hangulOf(character);
}

function baseOf(character: string): string {
  const [base = character, ...marks] = character.normalize('NFD');
  return marks.every((mark) => markOf(mark) !== undefined) ? base : character;
}

function escapeXml(text: string): string {
  // Control characters are not allowed in XML at all.
  const clean = text.replace(/[^\P{C}]/gu, '');
  return clean.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
