import { spawn } from 'node:child_process';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
};

/** Opens a folder, file or address with the system's program. Never fails. */
export function openInSystem(target: string): void {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...args, target], { detached: true, stdio: 'ignore' });
  child.once('error', () => undefined);
  child.unref();
}
