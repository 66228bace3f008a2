import { useState } from 'preact/hooks';

const MOST_ZOOM = 8;

export const MODES = ['side', 'slider', 'flicker'] as const;
export type Mode = (typeof MODES)[number];

export type Crop = ReturnType<typeof useCrop>;

/** What part of the images is shown: the same of all. */
export function useCrop() {
  const [zoom, setZoom] = useState(1);
  const [pan, setPan] = useState({ x: 50, y: 50 });
  return {
    zoom,
    mostZoom: MOST_ZOOM,
    setZoom,
    zoomBy: (factor: number) => setZoom(Math.min(MOST_ZOOM, Math.max(1, zoom * factor))),
    /** In percent of the pane. */
    panTo: (at: { readonly x: number; readonly y: number }) => {
      if (zoom > 1) setPan(at);
    },
    style: { transform: `scale(${zoom})`, transformOrigin: `${pan.x}% ${pan.y}%` },
  };
}
