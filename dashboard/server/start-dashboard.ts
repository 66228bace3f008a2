import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { parseBatchId } from '../../shared/domain/ids.ts';
import { http } from '../../shared/provider/http/node-http.ts';
import type { DashboardHost } from '../host.ts';
import { notFound, Problem } from '../problem.ts';
import { type Api, openApi } from './api.ts';
import { batchRoutes } from './batch-routes.ts';
import { checkCaller, checkHost, type Guard } from './guard.ts';
import { createLive, type Live } from './live.ts';
import { mediaRoutes } from './media-routes.ts';
import { moneyRoutes } from './money-routes.ts';
import type { PageFile } from './page-files.ts';
import { sendNoEntry, sendPage, startSession } from './page-routes.ts';
import { findRoute, type Route } from './routes.ts';
import { sendProblem } from './send.ts';
import { createSessions } from './session.ts';
import { stageRoutes } from './stage-routes.ts';
import { workRoutes } from './work-routes.ts';

export interface DashboardOptions {
  /** 0 takes a free port. */
  readonly port: number;
  /** The built page; none with `--api-only`. */
  readonly files: ReadonlyMap<string, PageFile> | undefined;
}

export interface Dashboard {
  readonly url: string;
  /** A link that works once, to the page or to one of its views. */
  newLink(to?: string): string;
  /** For programs, as `Authorization: Bearer …`. */
  readonly token: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Serves the page and the JSON API over a stage, on this machine alone. Throws if the port is taken. */
export async function startDashboard(host: DashboardHost, options: DashboardOptions): Promise<Dashboard> {
  const api = await openApi(host);
  const live = createLive(api);
  // Pictures first: nothing else is asked for so often.
  const routes = [
    ...mediaRoutes(api),
    ...batchRoutes(api),
    ...stageRoutes(api),
    ...moneyRoutes(api),
    ...workRoutes(api),
  ];
  const sessions = createSessions();
  const guard = { port: 0, sessions };
  const server = http.createServer((request, response) => {
    answer({ api, live, routes, files: options.files, guard }, request, response).catch((error: unknown) => {
      if (!(error instanceof Problem)) host.effects.log.error('a request of the dashboard failed', error);
      sendProblem(response, error);
    });
  });
  guard.port = await listen(server, options.port).catch(async (error: unknown) => {
    await api.close();
    throw error;
  });
  const url = `http://${HOST}:${guard.port}`;
  return {
    url,
    token: sessions.bearer,
    newLink: (to = '/') => `${url}/enter?t=${sessions.newToken()}${to === '/' ? '' : `&to=${to}`}`,
    close: async () => {
      await live.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await api.close();
    },
  };
}

interface Serving {
  readonly api: Api;
  readonly live: Live;
  readonly routes: readonly Route[];
  readonly files: DashboardOptions['files'];
  readonly guard: Guard;
}

async function answer(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { api, guard, routes, files, live } = serving;
  checkHost(request, guard.port);
  const url = new URL(request.url ?? '/', `http://${HOST}:${guard.port}`);
  const { pathname } = url;
  if (pathname === '/enter' && request.method === 'GET') {
    startSession(response, url, guard);
    return;
  }
  if (!isLetIn(request, response, pathname, guard)) return;
  if (pathname === '/api/v1/events' && request.method === 'GET') {
    live.add(response, parseBatchId(url.searchParams.get('batch') ?? ''));
    return;
  }
  const found = findRoute(routes, request.method ?? 'GET', pathname);
  if (found === 'method') throw new Problem(405, 'wrong_method', 'This address takes another method.');
  if (found !== undefined) {
    await found.route.answer({ request, response, url, at: found.at });
    return;
  }
  const mayBePage = isPage(pathname) && files !== undefined && request.method === 'GET';
  if (!mayBePage || !sendPage(request, response, files, pathname)) throw notFound('There is no such page.');
  // Pictures follow: their process starts while the page loads.
  api.thumbnails.warm();
}

/** A stranger who asks for a page is told in words how to come in; a program gets the `Problem`. */
function isLetIn(
  request: IncomingMessage,
  response: ServerResponse,
  pathname: string,
  guard: Guard,
): boolean {
  try {
    checkCaller(request, guard);
    return true;
  } catch (error) {
    const isStranger = error instanceof Problem && error.status === 401;
    if (!isStranger || !isPage(pathname)) throw error;
    sendNoEntry(response);
    return false;
  }
}

function isPage(pathname: string): boolean {
  return !pathname.startsWith('/api/') && !pathname.startsWith('/media/');
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the dashboard has no port');
  return address.port;
}
