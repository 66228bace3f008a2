import { signal } from '@preact/signals';
import type { StageInfo } from '../../../api/stage.ts';
import { getJson, wordsOf } from './api.ts';

/** The stage behind the page, once it is known. */
export const stageSignal = signal<StageInfo | undefined>(undefined);
export const stageProblem = signal<string | undefined>(undefined);

export async function loadStage(): Promise<void> {
  try {
    stageSignal.value = await getJson<StageInfo>('/api/v1/stage');
  } catch (error) {
    stageProblem.value = wordsOf(error);
  }
}

/** Undefined if models are served at several rates. */
export function usdPerCredit(): number | undefined {
  return stageSignal.value?.usdPerCredit ?? undefined;
}

/** A command for this very stage. */
export function commandFor(command: string): string {
  return `pressrun ${command}${stageSignal.value?.flag ?? ''}`;
}
