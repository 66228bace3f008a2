import { spawn } from 'node:child_process';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>>> = {
  darwin: ['open'],
  win32: ['explorer.exe'],
};

/** Opens a folder, a file or an address with whatever this machine opens it with. Never fails: it is a convenience. */
export function openInSystem(target: string): void {
  const [command, ...args] = OPENERS[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...args, target], { detached: true, stdio: 'ignore' });
  child.once('error', () => undefined);
  child.unref();
}
