import { fileURLToPath } from 'node:url';
import { buildPage } from './page-folder.ts';

// What `npm run build` does for the packed command.
await buildPage(fileURLToPath(new URL('../dist/dashboard/page', import.meta.url)));
