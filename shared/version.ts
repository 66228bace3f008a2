import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The version in our package.json. */
export function version(): string {
  return ourPackage()?.version ?? 'unknown';
}

/** The path of a file of our package. */
export function packagePath(file: string): string {
  const found = ourPackage();
  if (found === undefined) throw new Error('the package.json of pressrun is missing');
  return fileURLToPath(new URL(file, found.url));
}

/** package.json is one folder up in a checkout, two in an installed package, and not in a Lambda. */
function ourPackage(): { readonly url: URL; readonly version: string } | undefined {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const url = new URL(path, import.meta.url);
      const { name, version: found } = JSON.parse(readFileSync(url, 'utf8'));
      if (name === 'pressrun') return { url, version: found };
    } catch {}
  }
  return undefined;
}
