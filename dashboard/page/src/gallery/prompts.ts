import { useEffect, useState } from 'preact/hooks';
import { getJson } from '../lib/api.ts';
import type { BatchStore } from '../lib/batch-store.ts';

const KEPT = new Map<string, Map<number, string>>();

/** The prompts of these places, asked for many at a time. */
export function usePrompts({ id }: BatchStore, places: readonly number[]): ReadonlyMap<number, string> {
  const kept = KEPT.get(id) ?? new Map<number, string>();
  KEPT.set(id, kept);
  const [, redraw] = useState(0);
  const missing = places.filter((place) => !kept.has(place));
  const wanted = missing.join(',');
  useEffect(() => {
    if (wanted === '') return;
    const timer = window.setTimeout(() => {
      getJson<{ prompts: Record<string, string> }>(`/api/v1/batches/${id}/prompts?places=${wanted}`).then(
        ({ prompts }) => {
          for (const [place, prompt] of Object.entries(prompts)) kept.set(Number(place), prompt);
          redraw((count) => count + 1);
        },
        () => undefined,
      );
    }, 60);
    return () => window.clearTimeout(timer);
  }, [id, kept, wanted]);
  return kept;
}
