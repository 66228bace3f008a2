import type { IncomingMessage } from 'node:http';
import { Problem } from '../problem.ts';
import { isSame, type Sessions } from './session.ts';

export interface Guard {
  readonly port: number;
  readonly sessions: Sessions;
}

/** Before anything else: the names under which this server may be called. A foreign one is DNS rebinding. */
export function checkHost({ headers }: IncomingMessage, port: number): void {
  const allowed = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  if (headers.host === undefined || !allowed.includes(headers.host.toLowerCase())) {
    throw new Problem(421, 'wrong_host', 'This address is not served here.');
  }
}

/** Refuses what another page's script or form may have sent, and whoever has no token. */
export function checkCaller(request: IncomingMessage, { port, sessions }: Guard): void {
  if (!isAllowedIn(request, port, sessions)) {
    throw new Problem(401, 'no_token', 'Open the link that the terminal printed.', {
      doThis: 'For a new link, press l in the terminal, or start `pressrun dashboard` again.',
    });
  }
  const { headers, method = 'GET' } = request;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw foreign();
  if (method === 'GET' || method === 'HEAD') return;
  const isBearer = headers.authorization !== undefined;
  if (!isBearer && !isOwnOrigin(headers.origin, headers.host)) throw foreign();
  if (headers.origin !== undefined && !isOwnOrigin(headers.origin, headers.host)) throw foreign();
  if (headers['x-pressrun'] === undefined) {
    throw new Problem(403, 'no_header', 'Requests that change something need the header x-pressrun.');
  }
}

/** Cookies are shared by all ports of a host: hence the port in the name. */
export function cookieName(port: number): string {
  return `pressrun-${port}`;
}

function isAllowedIn({ headers }: IncomingMessage, port: number, sessions: Sessions): boolean {
  const bearer = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return isSame(bearer, sessions.bearer);
  for (const pair of (headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (pair.slice(0, at).trim() !== cookieName(port)) continue;
    if (sessions.isKnown(pair.slice(at + 1).trim())) return true;
  }
  return false;
}

function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin !== undefined && origin === `http://${host?.toLowerCase() ?? ''}`;
}

function foreign(): Problem {
  return new Problem(403, 'foreign_origin', 'Another site sent this request.');
}
