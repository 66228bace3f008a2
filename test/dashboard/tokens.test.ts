import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';

/** The page's colors, light and dark, read from its style sheet. */
const themes = { light: new Map<string, string>(), dark: new Map<string, string>() };

beforeAll(async () => {
  const css = await readFile(new URL('../../dashboard/page/src/styles/tokens.css', import.meta.url), 'utf8');
  for (const [, name = '', light = '', dark = ''] of css.matchAll(
    /--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g,
  )) {
    themes.light.set(name, light);
    themes.dark.set(name, dark);
  }
});

const STATES = ['ready', 'working', 'waiting', 'failed', 'rejected'] as const;

describe.each(['light', 'dark'] as const)('the %s colors', (theme) => {
  const color = (name: string) => themes[theme].get(name) ?? '#ff00ff';

  test.each(['ink', 'ink2', 'ink3', 'accent'])('let %s be read on every ground', (name) => {
    for (const ground of ['canvas', 'surface']) {
      expect(contrast(color(name), color(ground)), `${name} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  test('let controls and states be seen: 3 to 1', () => {
    for (const name of ['edge', ...STATES]) {
      expect(contrast(color(name), color('surface')), name).toBeGreaterThanOrEqual(3);
    }
  });

  test('distinguish any two states, for color-blind eyes too', () => {
    for (const [vision, seen] of Object.entries(VISIONS)) {
      for (const [nth, one] of STATES.entries()) {
        for (const other of STATES.slice(nth + 1)) {
          const apart = distance(seen(linear(color(one))), seen(linear(color(other))));
          expect(apart, `${vision}: ${one} and ${other}`).toBeGreaterThanOrEqual(7);
        }
      }
    }
  });
});

type Rgb = readonly [number, number, number];

function linear(hex: string): Rgb {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return [r, g, b];
}

function contrast(a: string, b: string): number {
  const [bright = 0, dim = 0] = [a, b]
    .map(linear)
    .map(([r, g, bl]) => 0.2126 * r + 0.7152 * g + 0.0722 * bl + 0.05)
    .sort((one, other) => other - one);
  return bright / dim;
}

function matrix(rows: readonly Rgb[]): (color: Rgb) => Rgb {
  return ([r, g, b]) => {
    const [x = 0, y = 0, z = 0] = rows.map((row) =>
      Math.min(1, Math.max(0, row[0] * r + row[1] * g + row[2] * b)),
    );
    return [x, y, z];
  };
}

/** Machado, Oliveira, Fernandes 2009, severity 1. */
const VISIONS: Readonly<Record<string, (color: Rgb) => Rgb>> = {
  usual: (color) => color,
  protan: matrix([
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ]),
  deutan: matrix([
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ]),
  tritan: matrix([
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ]),
};

/** In OKLab, times 100. */
function distance(a: Rgb, b: Rgb): number {
  const [one, other] = [okLab(a), okLab(b)];
  return 100 * Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]);
}

function okLab([r, g, b]: Rgb): Rgb {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}
