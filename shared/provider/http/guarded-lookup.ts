import dns from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { isPublicAddress } from './public-address.ts';

interface ResolvedAddress {
  readonly address: string;
  readonly family: number;
}

export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>;

export interface AddressRule {
  readonly resolve?: Resolve;
  /** For tests on loopback servers. */
  readonly isAllowedAddress?: (address: string) => boolean;
}

interface GuardedLookup {
  readonly lookup: LookupFunction;
  /** Checks a name without connecting; a name that only the proxy knows passes. */
  lookAt(hostname: string): Promise<void>;
  refusedAddress(): boolean;
}

/** Refuses private addresses as it connects, so that a name can't change its mind. */
export function createGuardedLookup(options: AddressRule): GuardedLookup {
  const resolve: Resolve = options.resolve ?? ((hostname) => dns.lookup(hostname, { all: true }));
  const isAllowed = options.isAllowedAddress ?? isPublicAddress;
  let refused = false;
  const judge = (addresses: readonly ResolvedAddress[]): void => {
    refused = addresses.length === 0 || !addresses.every(({ address }) => isAllowed(address));
  };

  const lookup: LookupFunction = (hostname, { all }, callback) => {
    const answer = (error: Error | null, addresses: readonly ResolvedAddress[]): void => {
      const [first] = addresses;
      if (all === true || first === undefined) callback(error, [...addresses]);
      else callback(error, first.address, first.family);
    };
    resolve(hostname).then(
      (addresses) => {
        judge(addresses);
        answer(refused ? new Error('the address is not public') : null, refused ? [] : addresses);
      },
      (error: unknown) => answer(error instanceof Error ? error : new Error('the name was not found'), []),
    );
  };
  const lookAt = (hostname: string) => resolve(hostname).then(judge, () => undefined);
  return { lookup, lookAt, refusedAddress: () => refused };
}

/** Whether a URL names a forbidden address: a literal one never passes the lookup. */
export function isForbiddenLiteral(url: URL, { isAllowedAddress = isPublicAddress }: AddressRule): boolean {
  const literal = /^\[?([\d.]+|[\da-f:.]*:[\da-f:.]*)\]?$/i.exec(url.hostname)?.[1];
  return literal !== undefined && !isAllowedAddress(literal);
}
