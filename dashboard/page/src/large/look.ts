import { useEffect, useState } from 'preact/hooks';
import { say } from '../lib/say.ts';

const BACKGROUNDS = ['mat', 'black', 'white', 'checker'] as const;
/** Kept from one image to the next, and while the page is open. */
const kept = { details: true, background: 0, advances: true };

export type Look = ReturnType<typeof useLook>;

/** How an image is looked at. */
export function useLook(place: number) {
  const [details, setDetails] = useState(kept.details);
  const [background, setBackground] = useState(kept.background);
  const [isWhole, setWhole] = useState(false);
  Object.assign(kept, { details, background });
  useEffect(() => setWhole(false), [place]);
  return {
    details,
    background: BACKGROUNDS[background] ?? 'mat',
    /** At 100 %, in place of fitted. */
    isWhole,
    /** Whether a mark moves on to the next image. */
    advances: kept.advances,
    toggleDetails: () => setDetails(!details),
    nextBackground: () => setBackground((background + 1) % BACKGROUNDS.length),
    toggleWhole: () => setWhole(!isWhole),
    toggleAdvance: () => {
      kept.advances = !kept.advances;
      say(kept.advances ? 'Marks move on to the next image.' : 'Marks stay on the image.');
    },
  };
}
