import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { errorCode } from '../../shared/domain/error-code.ts';
import { partFile, removeDeadParts } from '../../shared/runtime/files/part-file.ts';
import { PLATFORM } from '../../shared/runtime/platform.ts';
import { oneLine } from '../text/one-line.ts';
import { UsageError } from '../usage-error.ts';
import { makeFolder } from './make-folder.ts';
import { fileAt, writtenFilesOf } from './written-files.ts';

/** Writes files into your folder: whole or not at all, never over files of others, through no link. */
export interface FolderWriter {
  readonly path: string;
  /** Writes a file. `fill` creates the part, which must not exist. Throws `UsageError`. */
  write(name: string, fill: (part: string) => Promise<unknown>): Promise<void>;
  /** The file's name, which differs if its own was taken. */
  nameOf(name: string): string;
}

export interface FolderUse {
  /** The stage's folder, with the records of written files. */
  readonly stage: string;
  /** The file being read, which is never replaced. */
  readonly input?: string | undefined;
  readonly say: (line: string) => void;
}

const MOST_SAID = 3;

/** Makes the folder and tests writing; throws `UsageError`. */
export async function openFolder(path: string, { stage, input, say }: FolderUse): Promise<FolderWriter> {
  await checkWritable(path);
  await removeDeadParts(path);
  const written = await writtenFilesOf(path, join(stage, 'written'));
  const inputPath = input === undefined ? undefined : await realpath(input).catch(() => undefined);
  const names = new Map<string, string>();

  async function whatHas(name: string, part: string): Promise<'free' | 'the same' | 'another'> {
    const target = join(path, name);
    const there = await fileAt(target);
    if (there === undefined) return 'free';
    if (!there.isFile()) return 'another';
    if (inputPath !== undefined && (await realpath(target)) === inputPath) return 'another';
    if (written.isOwn(name, there)) return 'free';
    return (await haveSameContent(target, part)) ? 'the same' : 'another';
  }

  /** Whether the part got its name; an identical file counts. */
  async function settle(name: string, part: string): Promise<boolean> {
    let candidate = name;
    let found = await whatHas(candidate, part);
    for (let nth = 2; found === 'another'; nth += 1) {
      candidate = numbered(name, nth);
      found = await whatHas(candidate, part);
    }
    if (found === 'free') await moveTo(candidate, part);
    if (candidate !== name) tellOnce(name, candidate);
    return found === 'free';
  }

  /** Recorded before the rename, so that other processes know whose file it is. */
  async function moveTo(candidate: string, part: string): Promise<void> {
    const file = await fileAt(part);
    if (file !== undefined) await written.add(candidate, file);
    await PLATFORM.rename(part, join(path, candidate));
  }

  function tellOnce(name: string, candidate: string): void {
    if (names.get(name) === candidate) return;
    names.set(name, candidate);
    if (names.size <= MOST_SAID)
      say(`kept ${join(path, name)}, which pressrun didn't write; wrote ${candidate} instead`);
    else if (names.size === MOST_SAID + 1)
      say(`${path}: more names are taken; manifest.csv has the new ones`);
  }

  async function write(name: string, fill: (part: string) => Promise<unknown>): Promise<void> {
    const part = partFile(join(path, name));
    let isNamed = false;
    try {
      await makeFolders(path, dirname(name));
      await fill(part);
      isNamed = await settle(name, part);
    } catch (error) {
      if (error instanceof UsageError) throw error;
      const said = oneLine(error);
      throw new UsageError(said.startsWith(path) ? said : `${path}: ${said}`, { cause: error });
    } finally {
      if (!isNamed) await rm(part, { force: true });
    }
  }

  return { path, write, nameOf: (name) => names.get(name) ?? name };
}

/** Makes folders one by one: a link would lead out of the root. */
async function makeFolders(root: string, name: string): Promise<void> {
  if (name === '.') return;
  await makeFolders(root, dirname(name));
  const path = join(root, name);
  if ((await fileAt(path)) === undefined) await mkdir(path).catch(ignoreExisting);
  if ((await fileAt(path))?.isSymbolicLink())
    throw new UsageError(
      `${path}: is a link, and pressrun follows none here. Remove it, or name another --out`,
    );
}

function ignoreExisting(error: unknown): void {
  if (errorCode(error) !== 'EEXIST') throw error;
}

/** `fox.png` becomes `fox (2).png`: image names have no spaces or brackets. */
function numbered(name: string, nth: number): string {
  const ending = extname(name);
  return join(dirname(name), `${basename(name, ending)} (${nth})${ending}`);
}

async function haveSameContent(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([fileAt(one), fileAt(other)]);
  if (a === undefined || b === undefined || a.size !== b.size) return false;
  if (a.ino === b.ino && a.dev === b.dev) return true;
  const [first, second] = await Promise.all([one, other].map(hashOf));
  return first === second;
}

/** SHA-256 in hex. */
export async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function checkWritable(path: string): Promise<void> {
  const probe = partFile(join(path, '.pressrun-probe'));
  try {
    await makeFolder(path);
    await writeFile(probe, '', { flag: 'wx' });
    await rm(probe);
  } catch (error) {
    const reason = errorCode(error) || 'unknown error';
    throw new UsageError(`${path}: cannot be written to (${reason}): name another folder with --out`, {
      cause: error,
    });
  }
}
