import type { Agent } from 'node:http';
import ipaddr from 'ipaddr.js';
import { http, https } from './node-http.ts';
import type { ProxySettings } from './proxy-settings.ts';

/** The proxy for an address; never for this machine's own. */
export function proxyFor(url: URL, settings: ProxySettings): URL | undefined {
  const proxy = url.protocol === 'https:' ? settings.https : settings.http;
  if (proxy === undefined) return undefined;
  const target: Target = {
    host: url.hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1'),
    port: url.port || (url.protocol === 'https:' ? '443' : '80'),
  };
  const isDirect = isLoopback(target.host) || settings.bypass.some((entry) => matches(entry, target));
  return isDirect ? undefined : proxy;
}

/** An agent for one request, over a connection of its own. */
export function proxyAgent(url: URL, proxy: URL): Agent {
  return url.protocol === 'https:'
    ? new https.Agent({ proxyEnv: { HTTPS_PROXY: proxy.href } })
    : new http.Agent({ proxyEnv: { HTTP_PROXY: proxy.href } });
}

interface Target {
  readonly host: string;
  readonly port: string;
}

function isLoopback(host: string): boolean {
  if (ipaddr.isValid(host)) return ['loopback', 'unspecified'].includes(ipaddr.process(host).range());
  return host === 'localhost' || host.endsWith('.localhost');
}

function matches(entry: string, { host, port }: Target): boolean {
  const [, bracketed, plain = '', wantedPort] = /^(?:\[(.*)\]|(.*?))(?::(\d+))?$/.exec(entry) ?? [];
  const isAddress = ipaddr.isValid(entry);
  if (!isAddress && wantedPort !== undefined && wantedPort !== port) return false;
  const wanted = (isAddress ? entry : (bracketed ?? plain)).toLowerCase();
  if (wanted === '*') return true;
  if (ipaddr.isValid(host)) return isAddressIn(host, wanted);
  const domain = wanted.replace(/^\*?\./, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

function isAddressIn(host: string, wanted: string): boolean {
  const address = ipaddr.process(host);
  if (ipaddr.isValid(wanted)) return ipaddr.process(wanted).toString() === address.toString();
  if (!ipaddr.isValidCIDR(wanted)) return false;
  const [network, bits] = ipaddr.parseCIDR(wanted);
  return network.kind() === address.kind() && address.match(network, bits);
}
