import ipaddr from 'ipaddr.js';

/**
 * Whether an address is one of the open internet: not private, loopback, link-local (where clouds keep their metadata),
 * multicast, reserved, nor an IPv6 form that carries such an IPv4 address.
 */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}

/** Whether a host is on an allow-list of names; `*.core.today` stands for every name below it. */
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
