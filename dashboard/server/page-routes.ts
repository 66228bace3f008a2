import type { IncomingMessage, ServerResponse } from 'node:http';
import { cookieName, type Guard } from './guard.ts';
import type { PageFile } from './page-files.ts';
import { pageHeaders } from './send.ts';

const THEMES = ['light', 'dark'] as const;

/** The page itself for every address that is a view of it; its files by their names. */
export function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  files: ReadonlyMap<string, PageFile>,
  pathname: string,
): boolean {
  const file = pathname.startsWith('/assets/') ? files.get(pathname) : undefined;
  if (file !== undefined) {
    response.writeHead(200, {
      ...pageHeaders(file.type),
      'cache-control': 'private, max-age=31536000, immutable',
      'content-length': String(file.bytes.byteLength),
    });
    response.end(file.bytes);
    return true;
  }
  if (!/^\/(?:$|b\/|new$|cost$|provider$|schedules$)/.test(pathname)) return false;
  const html = files.get('/index.html')?.bytes.toString('utf8') ?? '';
  const cookies = request.headers.cookie ?? '';
  const theme = THEMES.find((each) => cookies.includes(`pressrun-theme=${each}`)) ?? 'auto';
  response.writeHead(200, { ...pageHeaders('text/html; charset=utf-8'), 'cache-control': 'no-store' });
  response.end(html.replace('<html ', `<html data-theme="${theme}" `));
  return true;
}

/** `/enter?t=`: the link of the terminal becomes a cookie, and the address is clean again. */
export function startSession(response: ServerResponse, url: URL, { port, sessions }: Guard): void {
  const cookie = sessions.enter(url.searchParams.get('t') ?? '');
  if (cookie === undefined) {
    sendNoEntry(response);
    return;
  }
  const to = url.searchParams.get('to') ?? '/';
  const isInside = /^\/(?![/\\])[\w\-./]*$/.test(to);
  response.writeHead(303, {
    ...pageHeaders('text/plain'),
    'set-cookie': `${cookieName(port)}=${cookie}; HttpOnly; SameSite=Strict; Path=/`,
    'cache-control': 'no-store',
    location: isInside ? to : '/',
  });
  response.end();
}

/** What a browser without a cookie sees. */
export function sendNoEntry(response: ServerResponse): void {
  response.writeHead(401, { ...pageHeaders('text/html; charset=utf-8'), 'cache-control': 'no-store' });
  response.end(
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>pressrun</title>' +
      '<h1>Open the link that the terminal printed</h1>' +
      '<p>Each link works once. For a new one, press l in the terminal that runs the dashboard.</p></html>',
  );
}
