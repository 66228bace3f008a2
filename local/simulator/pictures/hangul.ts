import type { Letter } from './letters.ts';

/** Points of each stroke in a box of 1 × 1, as `x,y x,y|x,y …`; `o` is a ring. */
const CONSONANTS: Readonly<Record<string, string>> = {
  ㄱ: '0,.1 1,.1 .85,1',
  ㄴ: '0,0 0,1 1,1',
  ㄷ: '1,0 0,0 0,1 1,1',
  ㄹ: '0,0 1,0 1,.5 0,.5 0,1 1,1',
  ㅁ: '0,0 1,0 1,1 0,1 0,0',
  ㅂ: '0,0 0,1 1,1 1,0|0,.5 1,.5',
  ㅅ: '.5,0 0,1|.45,.3 1,1',
  ㅇ: 'o.5,.5,.5',
  ㅈ: '0,0 1,0|.5,0 0,1|.45,.4 1,1',
  ㅊ: '.5,-.15 .5,.15|0,.2 1,.2|.5,.2 0,1|.45,.5 1,1',
  ㅋ: '0,.1 1,.1 .85,1|0,.5 .9,.5',
  ㅌ: '1,0 0,0 0,1 1,1|0,.5 .9,.5',
  ㅍ: '0,0 1,0|.28,0 .28,1|.72,0 .72,1|0,1 1,1',
  ㅎ: '.5,-.15 .5,.1|0,.22 1,.22|o.5,.7,.3',
};

const UPRIGHT: Readonly<Record<string, string>> = {
  ㅏ: '.3,0 .3,1|.3,.5 1,.5',
  ㅐ: '.2,0 .2,1|.2,.5 .8,.5|.8,0 .8,1',
  ㅑ: '.3,0 .3,1|.3,.35 1,.35|.3,.65 1,.65',
  ㅒ: '.2,0 .2,1|.2,.35 .8,.35|.2,.65 .8,.65|.8,0 .8,1',
  ㅓ: '.8,0 .8,1|.1,.5 .8,.5',
  ㅔ: '0,.5 .5,.5|.5,0 .5,1|1,0 1,1',
  ㅕ: '.8,0 .8,1|.1,.35 .8,.35|.1,.65 .8,.65',
  ㅖ: '0,.35 .5,.35|0,.65 .5,.65|.5,0 .5,1|1,0 1,1',
  ㅣ: '.6,0 .6,1',
};

const LYING: Readonly<Record<string, string>> = {
  ㅗ: '0,.9 1,.9|.5,.2 .5,.9',
  ㅛ: '0,.9 1,.9|.32,.2 .32,.9|.68,.2 .68,.9',
  ㅜ: '0,.2 1,.2|.5,.2 .5,1',
  ㅠ: '0,.2 1,.2|.32,.2 .32,1|.68,.2 .68,1',
  ㅡ: '0,.5 1,.5',
};

/** The parts of a syllable in Unicode's order. */
const INITIALS = 'ㄱ ㄱㄱ ㄴ ㄷ ㄷㄷ ㄹ ㅁ ㅂ ㅂㅂ ㅅ ㅅㅅ ㅇ ㅈ ㅈㅈ ㅊ ㅋ ㅌ ㅍ ㅎ'.split(' ');
const VOWELS = 'ㅏ ㅐ ㅑ ㅒ ㅓ ㅔ ㅕ ㅖ ㅗ ㅗㅏ ㅗㅐ ㅗㅣ ㅛ ㅜ ㅜㅓ ㅜㅔ ㅜㅣ ㅠ ㅡ ㅡㅣ ㅣ'.split(' ');
const FINALS =
  ' ㄱ ㄱㄱ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅅㅅ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ'.split(
    ' ',
  );
const FIRST_SYLLABLE = 0xac00;
const WIDTH = 9.6;

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The strokes of a Hangul syllable, put together from its parts; undefined for any other character. */
export function hangulOf(character: string): Letter | undefined {
  const code = (character.codePointAt(0) ?? 0) - FIRST_SYLLABLE;
  const initial = INITIALS[Math.floor(code / (VOWELS.length * FINALS.length))];
  if (code < 0 || initial === undefined) return undefined;
  const vowel = VOWELS[Math.floor(code / FINALS.length) % VOWELS.length] ?? '';
  const final = FINALS[code % FINALS.length] ?? '';

  const bottom = final === '' ? 10.4 : 6.2;
  const lying = [...vowel].find((part) => part in LYING);
  const upright = [...vowel].find((part) => part in UPRIGHT);
  const path = [
    ...consonants(initial, initialBox(lying !== undefined, upright !== undefined, bottom)),
    inBox(LYING[lying ?? ''], {
      x: 0,
      y: bottom * 0.56,
      width: upright === undefined ? WIDTH : 6.4,
      height: bottom * 0.4,
    }),
    inBox(UPRIGHT[upright ?? ''], { x: 6.6, y: -0.4, width: 3, height: bottom + 0.6 }),
    ...consonants(final, { x: 1.6, y: 7.6, width: 7, height: 3.2 }),
  ].join('');
  return { width: WIDTH, path };
}

function initialBox(lying: boolean, upright: boolean, bottom: number): Box {
  if (!lying) return { x: 0.4, y: bottom * 0.12, width: 4.8, height: bottom * 0.7 };
  const height = bottom * 0.42;
  return upright ? { x: 0.8, y: 0.2, width: 4.4, height } : { x: 1.8, y: 0.2, width: 6, height };
}

/** One consonant fills the box; two stand side by side in it. */
function consonants(parts: string, box: Box): string[] {
  const letters = [...parts];
  const step = box.width / letters.length;
  const width = letters.length === 1 ? box.width : step * 0.78;
  return letters.map((letter, index) =>
    inBox(CONSONANTS[letter], { ...box, x: box.x + index * step, width }),
  );
}

function inBox(strokes: string | undefined, box: Box): string {
  if (strokes === undefined) return '';
  return strokes
    .split('|')
    .map((stroke) => (stroke.startsWith('o') ? ring(stroke.slice(1), box) : line(stroke, box)))
    .join('');
}

function line(stroke: string, box: Box): string {
  const points = stroke.split(' ').map((point) => {
    const [x = 0, y = 0] = point.split(',').map(Number);
    return `${(box.x + x * box.width).toFixed(1)} ${(box.y + y * box.height).toFixed(1)}`;
  });
  return `M${points.join('L')}`;
}

function ring(circle: string, box: Box): string {
  const [x = 0, y = 0, radius = 0] = circle.split(',').map(Number);
  const [rx, ry] = [radius * box.width, radius * box.height].map((each) => each.toFixed(1));
  const centreX = (box.x + x * box.width).toFixed(1);
  const top = (box.y + (y - radius) * box.height).toFixed(1);
  const low = (box.y + (y + radius) * box.height).toFixed(1);
  return `M${centreX} ${top}A${rx} ${ry} 0 1 0 ${centreX} ${low}A${rx} ${ry} 0 1 0 ${centreX} ${top}Z`;
}
