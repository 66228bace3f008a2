import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { BatchOptions } from '../../shared/domain/batch/batch.ts';
import { promptFileType } from '../../shared/domain/prompt-file/content-type.ts';
import type { FileFormat } from '../../shared/domain/prompt-file/format.ts';
import { type OpenPrompts, openPrompts } from '../../shared/domain/prompt-file/reader/open-prompts.ts';
import { expansionProblem } from '../../shared/domain/prompt-file/row/count-items.ts';
import type { FileNote, PromptFile } from '../../shared/pipeline/ingest/submit.ts';
import { asFlags } from '../flags/batch-flags.ts';
import { UsageError } from '../usage-error.ts';
import { columnReport } from './column-report.ts';
import { localReferences } from './local-references.ts';
import { keepStdin } from './stdin-file.ts';

const FILE_KINDS = ['csv', 'tsv', 'jsonl', 'json', 'txt', 'xlsx'] as const;

export interface FileFlags {
  readonly format?: string;
  readonly strict?: boolean;
  readonly allowReferencesFrom?: readonly string[] | undefined;
}

/** Opens a prompt file, `-` for standard input. Throws `UsageError` if its head shows that it is none. `kind`: `FILE_KINDS`. */
export async function openPromptFile(
  path: string,
  options: BatchOptions,
  { format: kind, strict = false, allowReferencesFrom }: FileFlags = {},
): Promise<PromptFile> {
  if (kind !== undefined && !FILE_KINDS.some((each) => each === kind)) {
    throw new UsageError(`--format: expected ${FILE_KINDS.join(', ')}, got "${kind}"`);
  }
  const allowed = await foldersOf(allowReferencesFrom);
  if (path !== '-')
    return await openFile(path, { shown: path, kind, strict, folder: dirname(path), allowed }, options);
  return await openFile(await keepStdin(), { shown: 'stdin', kind, strict, folder: '.', allowed }, options);
}

interface FileFacts {
  /** Its name in messages. */
  readonly shown: string;
  readonly kind: string | undefined;
  readonly strict: boolean;
  /** The folder of its references. */
  readonly folder: string;
  /** Other folders for references. */
  readonly allowed: readonly string[];
}

/** The folders of `--allow-references-from`; throws `UsageError` for a missing one. */
async function foldersOf(folders: readonly string[] = []): Promise<readonly string[]> {
  for (const folder of folders) {
    if (!(await stat(folder).catch(() => undefined))?.isDirectory())
      throw new UsageError(`--allow-references-from: there is no folder ${folder}`);
  }
  return folders;
}

async function openFile(
  path: string,
  { shown, kind, strict, folder, allowed }: FileFacts,
  options: BatchOptions,
): Promise<PromptFile> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) throw new UsageError(`${shown}: there is no such file`);
  if (!info.isFile()) {
    throw new UsageError(`${shown}: is not a file; name a CSV, XLSX, JSONL, JSON or TXT file of prompts`);
  }
  const open = (start = 0) => createReadStream(path, { start });
  const name = kind === undefined ? basename(path) : `${basename(path)}.${kind}`;
  const facts = { shown, strict, folder, allowed };
  return await inspectPrompts({ name, path, size: info.size, open }, facts, options);
}

/** Checks prompts before upload; throws `UsageError` if they are no prompt file. */
export async function inspectPrompts(
  file: Pick<PromptFile, 'name' | 'path' | 'size' | 'open'>,
  { shown, strict, folder, allowed }: Omit<FileFacts, 'kind'>,
  options: BatchOptions,
): Promise<PromptFile> {
  const { name } = file;
  const prompts = await openPrompts(file, options);
  if (prompts.kind === 'problem') {
    throw new UsageError(`${shown}: ${asFlags(prompts.message)}${hasEnding(name) ? '' : LIST_HINT}`);
  }
  const tooMany = await expansionProblem(prompts.records(), options);
  if (tooMany !== undefined) throw new UsageError(`${shown}: ${asFlags(tooMany)}`);
  const columns = await columnReport(prompts, options, strict);
  if (columns.kind === 'problem') throw new UsageError(`${shown}: ${columns.message}`);
  const references = mayName(prompts.format) ? await localReferences(prompts.records(), folder, allowed) : [];
  const named = namedByFormat(name, prompts);
  return {
    ...file,
    name: named,
    contentType: promptFileType(named),
    references,
    notes: [...readingNotes(prompts), ...columns.notes],
  };
}

/** How a file was read, if that may surprise. */
function readingNotes({ format, sheet }: OpenPrompts): FileNote[] {
  if (format.kind === 'txt') return [{ line: LIST_NOTE, isExpected: true }];
  if (sheet === undefined) return [];
  const others = sheet.others.length === 0 ? '' : `; not read: ${sheet.others.join(', ')} (--sheet NAME)`;
  const line = `sheet    ${sheet.name}${others}`.replaceAll(/\p{Cc}/gu, ' ');
  return [{ line, isExpected: others === '' }];
}

const LIST_NOTE = 'file     a list of prompts, one a line; a line that begins with # is a comment';
const LIST_HINT = '. If it is a list of prompts, one a line, add --format txt';

function hasEnding(name: string): boolean {
  return /\.[a-z0-9]{1,8}$/i.test(name);
}

/** A name without an ending gets one for the format read here. */
function namedByFormat(name: string, { format, sheet }: OpenPrompts): string {
  if (hasEnding(name)) return name;
  return `${name}.${sheet === undefined ? format.kind : 'xlsx'}`;
}

/** Whether rows may have references. */
function mayName(format: FileFormat): boolean {
  switch (format.kind) {
    case 'csv':
      return format.columns.includes('references');
    case 'json':
    case 'jsonl':
      return true;
    case 'txt':
      return false;
  }
}
