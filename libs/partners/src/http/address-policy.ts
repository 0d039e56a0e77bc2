import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';

/** Finds all addresses of a host; tests bring their own. */
export type HostLookup = (
  hostname: string,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** A URL or address that no request may leave for (P13, TRN-03). */
export class AddressRefusedError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'AddressRefusedError';
  }
}

/** What would allow an address that is refused; for the operator, not for the partner. */
export class UnlistedError extends Error {
  constructor() {
    super('OCPI_PARTNER_URL_ALLOWLIST may name its host to allow it');
    this.name = 'UnlistedError';
  }
}

const resolveAll: HostLookup = (hostname, callback) =>
  systemLookup(hostname, { all: true, order: 'verbatim' }, callback);

/**
 * Says where requests may go: https to public addresses, and whatever the allow-list names (`host`, `host:port`, an
 * address or a CIDR), by plain HTTP too. The address is judged, not the name; every address of a name must be fit.
 */
export class AddressPolicy {
  private readonly hosts = new Set<string>();
  private readonly networks: [ipaddr.IPv4 | ipaddr.IPv6, number][] = [];
  private readonly judged = new LRUCache<string, { refusal: string | undefined }>({ max: 1000 });

  constructor(
    allowlist: readonly string[],
    private readonly lookup: HostLookup = resolveAll,
  ) {
    for (const entry of allowlist) {
      if (ipaddr.isValidCIDR(entry)) this.networks.push(ipaddr.parseCIDR(entry));
      else this.hosts.add(entry.toLowerCase());
    }
  }

  /** Why the URL is refused for what it says by itself, before any name is resolved; undefined when it is not. */
  refusalOf(url: string | URL): string | undefined {
    // eslint-disable-next-line no-control-regex -- URL.parse would drop some of them, the database takes no NUL
    if (typeof url === 'string' && /[\x00-\x1f\x7f]/.test(url)) return 'holds control characters';
    const target = typeof url === 'string' ? URL.parse(url) : url;
    if (!target) return 'not an absolute URL';
    if (target.username !== '' || target.password !== '') return 'carries user information';
    // The rest depends on scheme, host and port alone, and is asked anew for every push.
    const known = this.judged.get(target.origin);
    if (known) return known.refusal;
    const refusal = this.refusalOfTarget(target);
    if (target.origin !== 'null') this.judged.set(target.origin, { refusal });
    return refusal;
  }

  /** Could the allow-list make an exception for this URL? */
  mayBeListed(url: string): boolean {
    const target = URL.parse(url);
    return (
      target !== null &&
      ['https:', 'http:'].includes(target.protocol) &&
      target.username === '' &&
      target.password === ''
    );
  }

  private refusalOfTarget(target: URL): string | undefined {
    if (target.protocol !== 'https:' && target.protocol !== 'http:')
      return 'neither https nor http';
    const host = bareHost(target.hostname);
    if (ipaddr.isValid(host)) return this.refusalOfAddress(target, host);
    if (target.protocol === 'http:' && !this.allowsHost(target) && this.networks.length === 0) {
      return 'plain http';
    }
    return undefined;
  }

  /** Why a request for this URL may not be sent to this address. */
  refusalOfAddress(target: URL, address: string): string | undefined {
    if (this.allowsHost(target) || this.allowsAddress(address)) return undefined;
    if (target.protocol !== 'https:') return 'plain http';
    return isPublic(address) ? undefined : `address ${address} is not public`;
  }

  /** The addresses to dial for this URL. @throws AddressRefusedError when one of them is unfit; errors of the lookup. */
  resolve(target: URL): Promise<LookupAddress[]> {
    return new Promise((resolve, reject) => {
      this.lookup(bareHost(target.hostname), (error, addresses) => {
        if (error) {
          reject(error);
          return;
        }
        for (const { address } of addresses) {
          const refusal = this.refusalOfAddress(target, address);
          if (refusal !== undefined) {
            reject(new AddressRefusedError(refusal));
            return;
          }
        }
        if (addresses.length === 0) reject(new Error(`no address for ${target.hostname}`));
        else resolve(addresses);
      });
    });
  }

  private allowsHost(target: URL): boolean {
    const host = target.hostname.toLowerCase();
    const port = target.port === '' ? (target.protocol === 'https:' ? '443' : '80') : target.port;
    return (
      this.hosts.has(host) || this.hosts.has(bareHost(host)) || this.hosts.has(`${host}:${port}`)
    );
  }

  private allowsAddress(address: string): boolean {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return this.networks.some(
      ([network, bits]) =>
        network.kind() === parsed.kind() && parsed.match([network, bits] as never),
    );
  }
}

/** All that IANA has given out for global unicast; what is outside is nobody's, or another protocol's in disguise. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** Only plain unicast counts; an IPv4 address mapped into an IPv6 one is judged as itself. */
function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address.replace(/%.*$/, ''));
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(GLOBAL_UNICAST)) return false;
  return parsed.range() === 'unicast';
}

const bareHost = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');
