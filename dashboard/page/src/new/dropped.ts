import { signal } from '@preact/signals';
import { sendFile, wordsOf } from '../lib/api.ts';
import { go } from '../lib/route.ts';
import { say } from '../lib/say.ts';

/** The file that was dropped last, as the server keeps it. */
export const dropped = signal<
  { readonly file: string; readonly name: string; readonly bytes: number } | undefined
>(undefined);
/** Whether a file is held over the window. */
export const isDropping = signal(false);

export async function takeFile(file: File): Promise<void> {
  try {
    dropped.value = await sendFile(`/api/v1/files?name=${encodeURIComponent(file.name)}`, file);
    go('/new');
  } catch (error) {
    say(wordsOf(error));
  }
}

/** The whole window takes files, on every page. */
export function watchDrops(): void {
  let depth = 0;
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;
  addEventListener('dragenter', (event) => {
    if (!hasFiles(event)) return;
    depth += 1;
    isDropping.value = true;
  });
  addEventListener('dragleave', () => {
    depth = Math.max(0, depth - 1);
    if (depth === 0) isDropping.value = false;
  });
  addEventListener('dragover', (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  addEventListener('drop', (event) => {
    depth = 0;
    isDropping.value = false;
    const file = event.dataTransfer?.files[0];
    if (file === undefined) return;
    event.preventDefault();
    void takeFile(file);
  });
}
