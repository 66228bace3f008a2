/** Any error as one line for people. Codes of the system and of the SDK are put into words where they say little. */
export function oneLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const message = (KNOWN[codeOf(error)]?.(error) ?? error.message) || error.name;
  return message.replace(/\s*\n\s*/g, ' ');
}

const KNOWN: Readonly<Record<string, (error: Error & { path?: string }) => string>> = {
  ENOSPC: (error) =>
    `${where(error)}the disk is full: make room and run the same command again, nothing is lost`,
  EACCES: (error) => `${where(error)}not allowed: check the folder's permissions`,
  EPERM: (error) => `${where(error)}not allowed: check the folder's permissions`,
  EROFS: (error) => `${where(error)}is on a read-only file system: choose another folder`,
  ENOENT: (error) => `${where(error)}there is no such file or folder`,
  ECONNREFUSED: (error) => `no server answers (${error.message}): check the AWS_ENDPOINT_URL variables`,
  CredentialsProviderError: () =>
    'no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or log in with the AWS CLI',
  ResourceNotFoundException: () => 'the stage has no table: deploy it, or make it with --create',
  NoSuchBucket: () => 'the stage has no bucket: deploy it, or make it with --create',
};

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' && error.code in KNOWN ? error.code : error.name;
}

function where(error: { path?: string }): string {
  return error.path === undefined ? '' : `${error.path}: `;
}
