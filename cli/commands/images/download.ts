import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { csvTable } from '../../../shared/domain/csv-line.ts';
import type { BatchId } from '../../../shared/domain/ids.ts';
import { settingCells } from '../../../shared/domain/prompt-file/row/settings.ts';
import { itemsOf } from '../../../shared/pipeline/batch/batch-items.ts';
import type { Effects } from '../../../shared/pipeline/effects.ts';
import type { Act, CommandContext } from '../../command.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { type Downloaded, downloadImages, uniqueNames } from '../../files/download.ts';
import { type FolderWriter, openFolder } from '../../files/folder-writer.ts';
import { parseNamePattern } from '../../files/name-pattern.ts';
import { copyReports, prepareOutFolder } from '../../files/out-folder.ts';
import { pickedItems } from '../../files/picked-items.ts';
import { addHelp } from '../../flags/help.ts';
import { OUT, TEXT_FILES } from '../../flags/output-flags.ts';
import { SIMULATE } from '../../flags/simulator-flags.ts';
import { chosenBatch } from '../../stage/chosen-batch.ts';
import { readOnlyConfig } from '../../stage/read-only-config.ts';
import type { StageOptions } from '../../stage/stages.ts';
import { withStage } from '../../stage/with-stage.ts';
import { bytesText, countText } from '../../text/figures.ts';
import { UsageError } from '../../usage-error.ts';

interface DownloadOptions extends StageOptions {
  readonly out?: string;
  readonly picked?: boolean;
  readonly only?: string;
  readonly textFiles?: boolean;
  readonly name: string;
}

const ONLY = ['images', 'manifest', 'failed-manifest'];

/** `pressrun download BATCH` */
export function defineDownload(command: Command, act: Act): void {
  addHelp(command, HELP)
    .option(...OUT)
    .option('--picked', 'Only the images that were picked')
    .option('--only <what>', 'images, manifest, or failed-manifest (failed rows, to fix and rerun)')
    .option(...TEXT_FILES)
    .option('--name <pattern>', 'Names and folders, such as {tag:campaign}/{row}-{name}', '{name}')
    .option(...SIMULATE)
    .action(
      act(async (context, text: string | undefined, options: DownloadOptions) => {
        if (options.only !== undefined && !ONLY.includes(options.only)) {
          throw new UsageError(`--only: expected ${ONLY.join(', ')}, got "${options.only}"`);
        }
        const nameOf = parseNamePattern(options.name);
        const config = await readOnlyConfig(context.out, options);
        return await withStage(config, 'look', {}, async ({ runtime: { effects }, folder: stage }) => {
          const batch = await chosenBatch(effects, text);
          const use = { stage, say: context.out.say };
          const path = options.out ?? join('out', batch);
          const folder = await openFolder(path, use);
          if (options.only === 'failed-manifest') return await writeFailed(context, effects, batch, folder);
          const names = uniqueNames(nameOf);
          const tellOf = async () => {
            if (options.only === 'images') return;
            const target = await prepareOutFolder(effects.store, batch, path, use);
            await copyReports(effects, batch, target, (item, key) => folder.nameOf(names(item, key)));
          };
          if (options.only === 'manifest') {
            await tellOf();
            context.out.result(join(path, 'manifest.csv'), { batch, folder: path });
            return EXIT.ok;
          }
          const { picked = false, textFiles = false } = options;
          const items = picked ? pickedItems(effects, batch) : itemsOf(effects.table, batch);
          const how = { names, textFiles, onImage: progressOf(context) };
          const done = await downloadImages(effects, items, folder, how);
          await tellOf();
          return report(context, batch, path, done);
        });
      }),
    );
}

const HELP = {
  examples: `  $ pressrun download latest --stage studio
  $ pressrun download postcards --picked --name '{tag:campaign}/{row}-{name}'
  $ pressrun download postcards --only failed-manifest     fix, then run it`,
  notes: `Run it again to resume: files that are identical are kept. Every byte is checked
against the recorded hash. Names take {name}, {row}, {variant}, {id}, {model},
{size}, {ratio}, {tag:NAME}, and {column:NAME}; / makes folders.

Exit codes: 0 all there · 1 no such batch · 2 images are missing or damaged.`,
};

/** Failed rows as a file to fix and rerun, with reasons. */
async function writeFailed(
  { out }: CommandContext,
  effects: Effects,
  batch: BatchId,
  folder: FolderWriter,
): Promise<ExitCode> {
  const rows: Record<string, string | number | undefined>[] = [];
  for await (const item of itemsOf(effects.table, batch)) {
    const { state, columns, prompt, id, fileName, settings } = item;
    if (state.kind !== 'failed') continue;
    const { code, message } = state;
    rows.push({
      ...columns,
      id,
      name: fileName,
      prompt,
      ...settingCells(settings),
      failed_code: code,
      failed_message: message,
    });
  }
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  await folder.write('failed.csv', (part) => writeFile(part, csvTable(columns, rows), { flag: 'wx' }));
  const file = join(folder.path, folder.nameOf('failed.csv'));
  out.result(file, { batch, folder: folder.path, file, failed: rows.length });
  return EXIT.ok;
}

const SAID_EVERY = 100;

function progressOf({ out }: CommandContext): (state: Downloaded) => void {
  return ({ copied, bytes }) => {
    if (out.json || copied === 0 || copied % SAID_EVERY !== 0) return;
    out.say(`${countText(copied)} images, ${bytesText(bytes)}`);
  };
}

function report({ out }: CommandContext, batch: BatchId, folder: string, done: Downloaded): ExitCode {
  const { copied, kept, bytes, missing, damaged } = done;
  for (const key of missing.slice(0, 5)) out.say(`missing in the store: ${key}`);
  for (const key of damaged.slice(0, 5)) out.say(`damaged in the store: ${key}`);
  const counts = [
    `${countText(copied)} downloaded (${bytesText(bytes)})`,
    ...(kept > 0 ? [`${countText(kept)} already there`] : []),
    ...(missing.length > 0 ? [`${countText(missing.length)} missing`] : []),
    ...(damaged.length > 0 ? [`${countText(damaged.length)} damaged`] : []),
  ];
  out.result(`Images    ${folder}\nCopied    ${counts.join(', ')}`, { batch, folder, ...done });
  return missing.length + damaged.length > 0 ? EXIT.incomplete : EXIT.ok;
}
