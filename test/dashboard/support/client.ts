import { request } from 'node:http';
import type { Dashboard } from '../../../dashboard/server/start-dashboard.ts';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** A request as it is written, whatever a browser would forbid: a foreign Host, no cookie, a path with dots. */
export async function ask(dashboard: Dashboard, path: string, asked: Asked = {}): Promise<Answer> {
  const { port } = new URL(dashboard.url);
  const { method = 'GET', headers = {}, body } = asked;
  return await new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('latin1').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The cookie that a fresh link brings. */
export async function enter(dashboard: Dashboard): Promise<string> {
  const { pathname, search } = new URL(dashboard.newLink());
  const { headers } = await ask(dashboard, pathname + search);
  return String(headers['set-cookie']).split(';')[0] ?? '';
}

/** A caller with a cookie who asks as the page does. */
export function visitor(dashboard: Dashboard, cookie: string) {
  const own = { cookie, origin: dashboard.url, 'x-pressrun': '1', 'content-type': 'application/json' };
  return {
    get: async (path: string) => await ask(dashboard, path, { headers: { cookie } }),
    json: async (path: string) => JSON.parse((await ask(dashboard, path, { headers: { cookie } })).text),
    send: async (
      method: string,
      path: string,
      body: unknown,
      headers: Readonly<Record<string, string>> = {},
    ) => await ask(dashboard, path, { method, headers: { ...own, ...headers }, body: JSON.stringify(body) }),
  };
}
