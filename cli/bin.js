#!/usr/bin/env node
// Runs the command: from its TypeScript sources in a checkout, from built files in an installed package
// (Node strips no types under node_modules). Plain JavaScript, so that an old Node can say what it lacks.
import { existsSync } from 'node:fs';
import module from 'node:module';
import v8 from 'node:v8';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  process.stderr.write(`pressrun: needs Node 24 and this is ${process.version}. ${howToGetNode24()}\n`);
  process.exit(1);
}
// The second start is quicker: compiled code is kept in the temporary folder of the system.
module.enableCompileCache?.();
// Collect garbage before the heap grows: large files are read in half the memory.
v8.setFlagsFromString('--semi-space-growth-factor=1');
v8.setFlagsFromString('--heap-growing-percent=50');
const source = new URL('./main.ts', import.meta.url);
const built = new URL('../dist/cli/main.js', import.meta.url);
const { main } = await import((existsSync(source) ? source : built).href);
process.exitCode = await main(process.argv.slice(2));

// npm leaves the package with Node 24 out where Node is newer, and with --omit=optional or --ignore-scripts.
function howToGetNode24() {
  const folders = ['../node_modules/node/bin/', '../../node/bin/'];
  const names = ['node', 'node.exe'];
  const isThere = folders.some((folder) =>
    names.some((name) => existsSync(new URL(folder + name, import.meta.url))),
  );
  return isThere
    ? 'Run it as `npx pressrun`, which uses the Node 24 that came with it.'
    : 'Install Node 24 from https://nodejs.org, or run `npm install --no-save node@24` here.';
}
