import { readFileSync } from 'node:fs';

/** The version in our package.json, which stands one folder up in a checkout and two in an installed package. */
export function version(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const { name, version: found } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
      if (name === 'pressrun') return found;
    } catch {}
  }
  return 'unknown';
}
