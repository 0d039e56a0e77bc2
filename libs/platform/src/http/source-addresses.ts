import ipaddr from 'ipaddr.js';
import { type IncomingMessage } from 'node:http';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * Says from where a request comes: the peer of the connection, or, where that is a proxy of ours, the last address in
 * X-Forwarded-For that is not. What callers write into that header themselves never counts.
 */
export class SourceAddresses {
  private readonly proxies: [Address, number][];

  /** Addresses and networks (CIDR) of the proxies. */
  constructor(trustedProxies: readonly string[]) {
    this.proxies = trustedProxies.map((entry) =>
      entry.includes('/') ? ipaddr.parseCIDR(entry) : single(ipaddr.process(entry)),
    );
  }

  /** An IPv4 address, or the /64 of an IPv6 one: whoever has one address there has all of them. */
  of({ socket, headers }: IncomingMessage): string {
    let source = readAddress(socket.remoteAddress);
    if (this.isProxy(source)) {
      const forwarded = headers['x-forwarded-for'];
      const hops = [forwarded ?? ''].flat().join(',').split(',');
      for (const hop of hops.reverse()) {
        const address = readAddress(hop);
        if (!address) break;
        source = address;
        if (!this.isProxy(address)) break;
      }
    }
    if (!source) return 'unknown';
    return source instanceof ipaddr.IPv6
      ? ipaddr.IPv6.networkAddressFromCIDR(`${source.toString()}/64`).toString()
      : source.toString();
  }

  private isProxy(address: Address | undefined): boolean {
    return (
      address !== undefined &&
      this.proxies.some(
        ([network, bits]) =>
          network.kind() === address.kind() && address.match([network, bits] as never),
      )
    );
  }
}

const single = (address: Address): [Address, number] => [
  address,
  address.kind() === 'ipv4' ? 32 : 128,
];

/** Some proxies add the port; an IPv4 address inside an IPv6 one is that address. */
function readAddress(text: string | undefined): Address | undefined {
  const bare = (text ?? '')
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/%.*$/, '');
  return ipaddr.isValid(bare) ? ipaddr.process(bare) : undefined;
}
