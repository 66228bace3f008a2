import { expect, test } from 'vitest';
import { isPassing, nextPace, type ScrollPace } from '../../dashboard/page/src/gallery/scroll-pace.ts';

const SCREEN = 800;
const FRAME_MS = 16;

test('lines that scroll past at seven screens a second get no pictures', () => {
  expect(isPassing(scroll({ pixels: 100, frames: 10 }))).toBe(true);
  expect(isPassing(scroll({ pixels: -100, frames: 10 }))).toBe(true);
});

test('lines get their pictures at the speed of a wheel, two screens a second', () => {
  expect(isPassing(scroll({ pixels: 25, frames: 60 }))).toBe(false);
});

test('a jump to the end shows its pictures at once', () => {
  expect(isPassing(scroll({ pixels: 100_000, frames: 1 }))).toBe(false);
});

test('a fast scroll that slows down gets its pictures again', () => {
  const fast = scroll({ pixels: 200, frames: 10 });
  const slower = nextPace(fast, { offset: fast.offset + 20, atMs: fast.atMs + FRAME_MS, height: SCREEN });
  expect(isPassing(fast)).toBe(true);
  expect(isPassing(slower)).toBe(false);
});

function scroll({ pixels, frames }: { readonly pixels: number; readonly frames: number }): ScrollPace {
  let pace: ScrollPace = { offset: 1_000_000, atMs: 0, fastSteps: 0 };
  for (let frame = 0; frame < frames; frame += 1) {
    pace = nextPace(pace, { offset: pace.offset + pixels, atMs: pace.atMs + FRAME_MS, height: SCREEN });
  }
  return pace;
}
