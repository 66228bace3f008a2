import { useEffect, useState } from 'preact/hooks';

const FLICKER_MS = 600;

/** Which of several images is shown, one after the other. */
export function useFlicker(images: number): number {
  const [nth, setNth] = useState(0);
  useEffect(() => {
    const timer = window.setInterval(() => setNth((before) => (before + 1) % images), FLICKER_MS);
    return () => window.clearInterval(timer);
  }, [images]);
  return nth % images;
}
