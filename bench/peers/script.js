// What a person writes in ten minutes around one of these libraries: `script.js LIBRARY FILE BASE_URL CONCURRENCY OUT`.
import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import pLimit from 'p-limit';

const [, , library, file, baseURL, concurrency, out] = process.argv;
const { clientOf } = await import(`./${library}.js`);
const imageOf = clientOf(baseURL);
const limit = pLimit(Number(concurrency));
await mkdir(out, { recursive: true });

const jobs = [];
for await (const { prompt } of createReadStream(file).pipe(parse({ columns: true }))) {
  const name = jobs.length + 1;
  jobs.push(limit(async () => writeFile(join(out, `${name}.png`), await imageOf(prompt))));
}
await Promise.all(jobs);
