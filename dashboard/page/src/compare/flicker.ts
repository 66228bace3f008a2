import { useEffect, useState } from 'preact/hooks';

const FLICKER_MS = 600;

/** Which of several images is shown, one after the other, while it is on. */
export function useFlicker(isOn: boolean, images: number): number {
  const [nth, setNth] = useState(0);
  useEffect(() => {
    if (!isOn) return;
    const timer = window.setInterval(() => setNth((before) => (before + 1) % images), FLICKER_MS);
    return () => window.clearInterval(timer);
  }, [isOn, images]);
  return nth % images;
}
