/**
 * What taking in a file of prompts costs: our reader (records with positions, checked, made into items) beside
 * csv-parse alone on the same bytes. Each reading has a process of its own, so that its peak of memory is its own.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse';
import { DEFAULT_BATCH_OPTIONS } from '../shared/domain/batch/batch.ts';
import { modelCatalog } from '../shared/domain/calls/models.ts';
import { detectFormat } from '../shared/domain/prompt-file/reader/detect-format.ts';
import { readRecords } from '../shared/domain/prompt-file/reader/read-records.ts';
import { createRowReader } from '../shared/domain/prompt-file/row/row-reader.ts';

const REPEATS = 300;
const source = readFileSync(new URL('../examples/parti-prompts.tsv', import.meta.url));
const headerEnd = source.indexOf('\n') + 1;

const READERS: Readonly<Record<string, () => Promise<number>>> = { ours: readOurs, 'csv-parse': readPlainly };

const [name] = process.argv.slice(2);
if (name === undefined) {
  for (const reader of Object.keys(READERS)) {
    process.stdout.write(
      execFileSync(process.execPath, [fileURLToPath(import.meta.url), reader], { encoding: 'utf8' }),
    );
  }
} else {
  const before = process.cpuUsage();
  const rows = (await READERS[name]?.()) ?? 0;
  const { user, system } = process.cpuUsage(before);
  const megabytes = Math.round((source.length * REPEATS) / 1e6);
  const cpuMs = Math.round((user + system) / 1000);
  const peakMb = Math.round(process.resourceUsage().maxRSS / 1024);
  process.stdout.write(`${JSON.stringify({ reader: name, megabytes, rows, cpuMs, peakMb })}\n`);
}

async function readOurs(): Promise<number> {
  const detected = detectFormat(source, 'parti-prompts.tsv', DEFAULT_BATCH_OPTIONS);
  if (detected.kind === 'problem') throw new Error(detected.message);
  const read = createRowReader(DEFAULT_BATCH_OPTIONS, modelCatalog());
  let items = 0;
  for await (const record of readRecords(bodyOnly(), detected.format, detected.start)) {
    if (record.kind === 'rejected') continue;
    const made = read(record);
    if (made.kind === 'items') items += [...made.items].length;
  }
  return items;
}

async function readPlainly(): Promise<number> {
  const parser = Readable.from(bodyOnly()).pipe(parse({ delimiter: '\t', relax_quotes: true }));
  let rows = 0;
  for await (const _row of parser) rows += 1;
  return rows;
}

async function* bodyOnly(): AsyncIterable<Buffer> {
  for (let at = 0; at < REPEATS; at += 1) yield source.subarray(headerEnd);
}
