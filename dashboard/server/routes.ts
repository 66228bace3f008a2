import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request with what its address says. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** The parts of the path that a `:name` of the route stands for, decoded. */
  readonly at: Readonly<Record<string, string>>;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Such as `/api/v1/batches/:batch`. */
  readonly path: string;
  readonly answer: (call: Call) => Promise<void>;
}

/** The route of a request with the parts of its path; `method` if only the method is wrong. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  pathname: string,
): { readonly route: Route; readonly at: Record<string, string> } | 'method' | undefined {
  let isKnownPath = false;
  for (const route of routes) {
    const at = match(route.path, pathname);
    if (at === undefined) continue;
    isKnownPath = true;
    if (route.method === method || (method === 'HEAD' && route.method === 'GET')) return { route, at };
  }
  return isKnownPath ? 'method' : undefined;
}

function match(pattern: string, pathname: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split('/'), pathname.split('/')];
  if (wanted.length !== given.length) return undefined;
  const at: Record<string, string> = {};
  for (const [nth, part] of wanted.entries()) {
    const value = given[nth] ?? '';
    if (!part.startsWith(':')) {
      if (part !== value) return undefined;
      continue;
    }
    const decoded = decode(value);
    if (decoded === undefined || decoded === '') return undefined;
    at[part.slice(1)] = decoded;
  }
  return at;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
