import { writeFileSync } from 'node:fs';

// write-file.ts PATH BASE64: as part of bundling, which is a shell command.
const [path = '', base64 = ''] = process.argv.slice(2);
writeFileSync(path, Buffer.from(base64, 'base64'));
