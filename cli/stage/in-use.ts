import type { BusyHome } from '../../local/stage/home-lock.ts';
import { UsageError } from '../usage-error.ts';

/** The other process, since when. */
export function ownerText({ owner }: BusyHome): string {
  if (owner === undefined) return 'another pressrun';
  const since = new Date(owner.sinceMs);
  const time = [since.getHours(), since.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
  return `PID ${owner.pid} (since ${time})`;
}

/** For a command that serves a whole stage. */
export function inUse(folder: string, home: BusyHome): UsageError {
  return new UsageError(
    `${folder} is in use by ${ownerText(home)}. Hand it a file with \`pressrun run FILE\` or \`pressrun submit FILE\`, ` +
      'wait for it to finish, or use another --home',
  );
}
