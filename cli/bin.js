#!/usr/bin/env node
// Runs the command: from built files where there are any, which load in half the time, or else from its TypeScript sources.
// Plain JavaScript, so that an old Node can say what it lacks.
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

const isCheckout = existsSync(new URL('./main.ts', import.meta.url));
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
// The first to strip types with all of `node:sqlite` that we use.
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `pressrun: needs Node 22.18 or later and this is ${process.version}. ${howToGetNode24()}\n`,
  );
  process.exit(1);
}
keepCompiledCode();
muteExperimentalWarnings();
if (process.argv.includes('--debug')) process.setSourceMapsEnabled(true);
const { main } = await import(isBuilt() ? '../dist/main.js' : './main.ts');
process.exitCode = await main(process.argv.slice(2));

// In a checkout, built files serve for as long as nothing that they were built from has changed.
function isBuilt() {
  if (!isCheckout) return true;
  const root = import.meta.dirname.slice(0, -'cli'.length);
  try {
    const sources = JSON.parse(readFileSync(`${root}dist/sources.json`, 'utf8'));
    return Object.entries(sources).every(([path, [bytes, changedMs]]) => {
      const { size, mtimeMs } = statSync(root + path);
      return size === bytes && mtimeMs === changedMs;
    });
  } catch {
    return false;
  }
}

// Node 22 warns in every run about `node:sqlite` and type stripping.
function muteExperimentalWarnings() {
  const { emitWarning } = process;
  process.emitWarning = (warning, ...rest) => {
    if (!rest.includes('ExperimentalWarning')) emitWarning.call(process, warning, ...rest);
  };
}

// The second start is faster. Not below the system's temporary folder, where another user could put code.
function keepCompiledCode() {
  const caches = { darwin: 'Library/Caches', win32: 'AppData/Local' }[process.platform] ?? '.cache';
  try {
    const folder = join(homedir(), caches, 'pressrun');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    module.enableCompileCache(folder);
  } catch {
    // Without a place for it, every start is a first one.
  }
}

// A checkout brings Node 24 along, unless npm was told --omit=dev, --omit=optional or --ignore-scripts.
function howToGetNode24() {
  const folders = ['../node_modules/node/bin/', '../../node/bin/'];
  const names = ['node', 'node.exe'];
  const isThere = folders.some((folder) =>
    names.some((name) => existsSync(new URL(folder + name, import.meta.url))),
  );
  if (isThere) return 'Run it as `npx pressrun`, which uses the Node 24 beside it.';
  const command = isCheckout ? 'npm install --no-save node@24' : 'npm install node@24';
  return `Run \`${command}\` here, then \`npx pressrun\`; or install Node 24 from https://nodejs.org.`;
}
