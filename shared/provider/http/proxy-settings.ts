/** `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`. */
export interface ProxySettings {
  readonly https?: URL;
  readonly http?: URL;
  /** Hosts, `.domains`, addresses, CIDR ranges, each with or without a port; `*` means all. */
  readonly bypass: readonly string[];
}

export const NO_PROXIES: ProxySettings = { bypass: [] };

/** `http://host:port`, `https://…`, or `host:port`; else undefined. */
export function parseProxy(text: string): URL | undefined {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  const isUsable = (url?.protocol === 'http:' || url?.protocol === 'https:') && url.hostname !== '';
  return isUsable ? url : undefined;
}

/** Node's agents support proxies from 24.5 and 22.21 (nodejs.org/api/http.html: `proxyEnv`). */
export function supportsProxies(nodeVersion: string): boolean {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
}
