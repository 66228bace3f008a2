/** `npm run bench`: every benchmark, one after the other; each prints one line of JSON a reading. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

for (const name of ['read-answer', 'read-file', 'local-stage', 'run-batch', 'dashboard']) {
  process.stdout.write(`# ${name}\n`);
  const path = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
  execFileSync(process.execPath, [path], { stdio: 'inherit' });
}
