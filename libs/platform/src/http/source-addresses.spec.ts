import { type IncomingMessage } from 'node:http';
import { SourceAddresses } from './source-addresses.js';

const requestFrom = (remoteAddress: string | undefined, forwarded?: string): IncomingMessage =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

describe('where a request comes from', () => {
  const sources = new SourceAddresses(['10.0.0.0/8', '192.0.2.7', 'fd00::/8']);

  it.each([
    ['a stranger', '198.51.100.1', undefined, '198.51.100.1'],
    ['a stranger that forges the header', '198.51.100.1', '203.0.113.9', '198.51.100.1'],
    ['a proxy of ours', '10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['a proxy named by its address', '192.0.2.7', '203.0.113.9', '203.0.113.9'],
    ['a neighbour of that proxy', '192.0.2.8', '203.0.113.9', '192.0.2.8'],
    ['a caller that forges the beginning', '10.1.2.3', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
    ['two proxies of ours', '10.1.2.3', '203.0.113.9, 10.9.9.9', '203.0.113.9'],
    ['a proxy in an IPv6 socket', '::ffff:10.1.2.3', '203.0.113.9', '203.0.113.9'],
    ['an entry with a port', '10.1.2.3', '203.0.113.9:4711', '203.0.113.9'],
    ['an IPv6 entry with a port', '10.1.2.3', '[2001:db8:1:2:3::4]:4711', '2001:db8:1:2::'],
    ['rubbish behind a proxy', '10.1.2.3', '203.0.113.9, rubbish', '10.1.2.3'],
    ['a proxy that says nothing', '10.1.2.3', undefined, '10.1.2.3'],
    ['an IPv6 proxy', 'fd00::1', '203.0.113.9', '203.0.113.9'],
    ['one of many addresses of one network', '2001:db8::dead:beef', undefined, '2001:db8::'],
    ['a socket that is gone', undefined, '203.0.113.9', 'unknown'],
  ])('%s', (_, remote, forwarded, expected) => {
    expect(sources.of(requestFrom(remote, forwarded))).toBe(expected);
  });

  it('without proxies the header never counts', () => {
    expect(new SourceAddresses([]).of(requestFrom('10.1.2.3', '203.0.113.9'))).toBe('10.1.2.3');
  });
});
