import ipaddr from 'ipaddr.js';

/** IANA's global unicast IPv6; the rest is unassigned, or carries an IPv4 address. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** An address of the open internet: not private, loopback, link-local (cloud metadata), multicast, reserved, nor hiding one. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(GLOBAL_UNICAST)) return false;
  return parsed.range() === 'unicast';
}

/** Whether a host is allowed; `*.core.today` includes all below it. */
export function isAllowedHost(host: string, allowed: readonly string[]): boolean {
  const name = bareHost(host);
  return allowed.some((pattern) => {
    const wanted = bareHost(pattern);
    return wanted.startsWith('*.')
      ? name.length > wanted.length - 1 && name.endsWith(wanted.slice(1))
      : name === wanted;
  });
}

function bareHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '');
}
