import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The chunks in a bundle's folder that are loaded before its first message: `index.mjs`, and what it imports at once. */
export function loadedFirst(folder: string): readonly string[] {
  const loaded = new Set(['index.mjs']);
  for (const chunk of loaded) {
    const code = readFileSync(join(folder, chunk), 'utf8');
    for (const [, imported = ''] of code.matchAll(/\bfrom\s*"\.\/([^"]+)"/g)) loaded.add(imported);
  }
  return [...loaded];
}
