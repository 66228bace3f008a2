import type { Pixels } from '../../../shared/domain/item/setting-values.ts';
import type { Random } from '../random.ts';

/** Sky from top to bottom, the disc in it, and the hills from far to near. */
interface Palette {
  readonly sky: readonly [string, string];
  readonly disc: string;
  readonly hills: readonly [string, string, string, string];
}

const PALETTES: readonly Palette[] = [
  { sky: ['#f7b267', '#fde4c3'], disc: '#f25c54', hills: ['#e08e79', '#b5656f', '#6d4c6f', '#33304f'] },
  { sky: ['#1d3557', '#6d90b9'], disc: '#f1faee', hills: ['#4a6f96', '#2f5378', '#1b3553', '#0d1b2e'] },
  { sky: ['#a8dadc', '#f1faee'], disc: '#ffb703', hills: ['#8ab6a3', '#5b9279', '#376b5c', '#1c3f3a'] },
  { sky: ['#cdb4db', '#ffe5ec'], disc: '#ffafcc', hills: ['#b39bc8', '#8d7bb5', '#62559a', '#332d63'] },
  { sky: ['#83c5be', '#edf6f9'], disc: '#e29578', hills: ['#6aaea8', '#3f8f8a', '#1f6d6f', '#0d4148'] },
  { sky: ['#2b2d42', '#8d5b6c'], disc: '#ffd166', hills: ['#7a4b63', '#593a58', '#3a2a48', '#1d182f'] },
  { sky: ['#ffd6a5', '#fdffb6'], disc: '#ff8fa3', hills: ['#d3c07d', '#9fae6b', '#64895a', '#2f5547'] },
];

/** A landscape of flat shapes, drawn from the stream: quick to draw, quick to compress, pleasant to look at. */
export function sceneSvg({ width, height }: Pixels, random: Random): string {
  const palette = random.pick(PALETTES);
  const unit = Math.min(width, height);
  const disc = {
    x: width * (0.2 + 0.6 * random.next()),
    y: height * (0.16 + 0.2 * random.next()),
    radius: unit * (0.07 + 0.07 * random.next()),
  };
  const halo = [2.6, 1.9, 1.4].map((times) => circle(disc, times, palette.disc, 0.14)).join('');
  const hills = palette.hills.map((colour, index) =>
    hill({ width, height }, height * (0.5 + 0.13 * index), unit * (0.12 - 0.015 * index), colour, random),
  );
  return [
    `<defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop stop-color="${palette.sky[0]}"/><stop offset="0.75" stop-color="${palette.sky[1]}"/></linearGradient></defs>`,
    `<rect width="${width}" height="${height}" fill="url(#sky)"/>`,
    halo,
    circle(disc, 1, palette.disc, 1),
    ...hills,
  ].join('');
}

function circle(
  at: { readonly x: number; readonly y: number; readonly radius: number },
  times: number,
  colour: string,
  opacity: number,
): string {
  return `<circle cx="${at.x.toFixed(0)}" cy="${at.y.toFixed(0)}" r="${(at.radius * times).toFixed(0)}" fill="${colour}" fill-opacity="${opacity}"/>`;
}

function hill(
  { width, height }: Pixels,
  crestY: number,
  swing: number,
  colour: string,
  random: Random,
): string {
  const steps = 4 + random.between(0, 2);
  const points = Array.from({ length: steps + 1 }, (_, index) => ({
    x: (width * index) / steps,
    y: crestY + swing * (random.next() * 2 - 1),
  }));
  const half = width / steps / 2;
  const [first, ...rest] = points;
  const curve = rest.map(
    ({ x, y }, index) =>
      `C${(x - half).toFixed(0)} ${(points[index]?.y ?? y).toFixed(0)} ${(x - half).toFixed(0)} ${y.toFixed(0)} ${x.toFixed(0)} ${y.toFixed(0)}`,
  );
  return `<path d="M0 ${height}V${first?.y.toFixed(0) ?? crestY}${curve.join('')}V${height}Z" fill="${colour}"/>`;
}
