/** Any error in one line, in plain words for known codes. */
export function oneLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (/^Region (is missing|not accepted)/.test(error.message)) {
    return 'no AWS region that can be used: set AWS_REGION, such as us-east-1';
  }
  const message = (KNOWN[codeOf(error)]?.(error) ?? error.message) || error.name;
  return message.trim().replace(/\s*\n\s*/g, ' ');
}

/** With stack and causes, for `--debug`. */
export function withCauses(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${withCauses(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

type SystemError = Error & {
  readonly path?: string;
  readonly address?: string;
  readonly port?: number;
  readonly errcode?: number;
};

const DAMAGED =
  "the stage's table (stage.sqlite) is damaged: `pressrun repair` rebuilds it from the stored images and their charges";

/** By the codes of sqlite.org/rescode.html. */
const SQLITE: Readonly<Record<number, string>> = {
  8: "the stage's table can't be written: check the permissions of its folder",
  10: "the disk of the stage's table is full, or it fails: make room, or check it, then run the same command again",
  11: DAMAGED,
  13: 'the disk is full: make room and run the same command again, nothing is lost',
  26: DAMAGED,
};

const KNOWN: Readonly<Record<string, (error: SystemError) => string>> = {
  ENOSPC: (error) =>
    `${where(error)}the disk is full: make room and run the same command again, nothing is lost`,
  EDQUOT: (error) =>
    `${where(error)}the disk quota is used up: make room and run the same command again, nothing is lost`,
  ERR_SQLITE_ERROR: (error) =>
    SQLITE[(error.errcode ?? 0) & 0xff] ?? `the table of the stage: ${error.message}`,
  EACCES: (error) => `${where(error)}not allowed: check the folder's permissions`,
  EPERM: (error) => `${where(error)}not allowed: check the folder's permissions`,
  EROFS: (error) => `${where(error)}is on a read-only file system: choose another folder`,
  ENOTDIR: (error) => `${where(error)}a part of this path is a file, not a folder: choose another folder`,
  EEXIST: (error) => `${where(error)}a file is in the way of this folder: choose another folder`,
  ENOENT: (error) => `${where(error)}there is no such file or folder`,
  EMFILE: () => 'too many open files: raise the limit (ulimit -n), or lower PRESSRUN_ITEMS_AT_ONCE',
  ECONNREFUSED: (error) =>
    `no server answers at ${error.address ?? 'the address'}:${error.port ?? '?'}: start it, or check the AWS_ENDPOINT_URL variables`,
  ENOTFOUND: (error) => `${error.message}: check the AWS_ENDPOINT_URL variables and the network`,
  CredentialsProviderError: () =>
    'no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with the AWS CLI',
  ResourceNotFoundException: () => 'the stage has no table: deploy it, or make it with --create',
  NoSuchBucket: () => 'the stage has no bucket: deploy it, or make it with --create',
};

/** A failed connection may bundle several (IPv4 and IPv6) without a message. */
function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' && error.code in KNOWN ? error.code : error.name;
}

function where(error: { path?: string }): string {
  return error.path === undefined ? '' : `${error.path}: `;
}
