import { ResponseUrls } from '#commands';
import { OCPI_VERSIONS } from '#ocpi';
import { type Connection, crawlPages, PartnerClient } from '#partners';
import net, { type AddressInfo } from 'node:net';
import { ApiHarness, type Json } from '../../../test/harness/api-harness.js';
import { HandshakePartner, success } from '../../../test/harness/handshake-partner.js';
import { HOSTILE_URLS } from '../../../test/harness/hostile-urls.js';

const TOKEN_B = 'partner-chosen-token-B-0123456789';
const ADMIN = { authorization: 'Bearer test-admin-key-0123456789' };

/** Everywhere a partner tells us a URL; a partner that may be called on one port of loopback tries to send us to others. */
describe('URLs that partners give us', () => {
  let api: ApiHarness;
  let partner: HandshakePartner;
  let victim: net.Server;
  let dialled: number;
  let tokenA: string;
  let hostile: string[];
  const sockets: net.Socket[] = [];

  beforeAll(async () => {
    partner = await HandshakePartner.start();
    victim = net.createServer((socket) => {
      dialled += 1;
      sockets.push(socket);
      socket.on('error', () => undefined);
      // As a server inside might answer what was sent to it by mistake.
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}');
    });
    await new Promise<void>((resolve) => {
      victim.once('error', () => victim.listen(0, '0.0.0.0', resolve)); // no IPv6 here
      victim.listen(0, '::', resolve);
    });
    const { port } = victim.address() as AddressInfo;
    hostile = HOSTILE_URLS.map((url) => url.replace('PORT', String(port)));
    api = await ApiHarness.start({
      OCPI_PARTNER_URL_ALLOWLIST: new URL(partner.base).host,
      OCPI_REQUESTS_PER_MINUTE: '0',
    });
    await api.host('NL*AAA');
    tokenA = await api.invite('ssrf');
  });
  afterAll(async () => {
    await api.stop();
    await partner.stop();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => victim.close(resolve));
  });
  beforeEach(() => {
    dialled = 0;
    partner.requests.length = 0;
    partner.script = () => undefined;
  });
  afterEach(() => expect(dialled).toBe(0));

  const post = async (version: string, body: object): Promise<number> => {
    const path = `/ocpi/${version}/credentials`;
    return (await api.call(path, { method: 'POST', token: tokenA, body })).json.status_code;
  };
  const registered = async (): Promise<Connection> => {
    const id = `known-${Math.random().toString(36).slice(2)}`;
    await api.register(id, '2.2.1', [], { urls: partner.base });
    return api.directory.get(id)!;
  };

  it('the one that listens is reached where nobody vets', async () => {
    const { port } = victim.address() as AddressInfo;
    await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    expect(dialled).toBe(1);
    dialled = 0;
  });

  it.each(OCPI_VERSIONS)('P13 [%s]: the versions URL of its credentials', async (version) => {
    for (const url of hostile) {
      const code = await post(version, partner.credentials(version, TOKEN_B, { url }));
      expect([url, [2001, 3001].includes(code)]).toEqual([url, true]);
    }
    expect(partner.trace()).toEqual([]);
  });

  it('P13: the versions URL that an operator was given', async () => {
    const id = 'given-by-mail';
    await api.invite(id);
    for (const versionsUrl of hostile) {
      const answer = await fetch(`${api.internalBase}/admin/v1/connections/${id}/handshake`, {
        method: 'POST',
        headers: { ...ADMIN, 'content-type': 'application/json' },
        body: JSON.stringify({ versionsUrl, tokenA: 'token-a-of-the-partner-0123456789' }),
      });
      expect([versionsUrl, answer.ok]).toEqual([versionsUrl, false]);
    }
    expect(partner.trace()).toEqual([]);
  });

  it.each(OCPI_VERSIONS)('P13 [%s]: the URL of a version in its list', async (version) => {
    for (const url of hostile) {
      partner.script = ({ path }) =>
        path === '/versions' ? { body: success([{ version, url }]) } : undefined;
      expect([url, await post(version, partner.credentials(version, TOKEN_B))]).toEqual([
        url,
        3001,
      ]);
    }
    expect(new Set(partner.trace())).toEqual(new Set(['GET /versions']));
  });

  it.each(OCPI_VERSIONS)('P13 [%s]: the URL of a module in its details', async (version) => {
    for (const url of hostile) {
      partner.script = ({ path }) => {
        if (path !== `/${version}`) return undefined;
        const role = version === '2.1.1' ? {} : { role: 'SENDER' };
        const endpoints = [
          { identifier: 'credentials', ...role, url: `${partner.base}/${version}/credentials` },
          { identifier: 'tokens', ...role, url },
        ];
        return { body: success({ version, endpoints }) };
      };
      expect([url, await post(version, partner.credentials(version, TOKEN_B))]).toEqual([
        url,
        3001,
      ]);
    }
    expect(new Set(partner.trace())).toEqual(new Set(['GET /versions', `GET /${version}`]));
  });

  it.each(['/versions', '/2.2.1'])('P13: a redirect of %s', async (redirected) => {
    for (const [index, location] of hostile.entries()) {
      const status = [301, 302, 303, 307, 308][index % 5]!;
      partner.script = ({ path }) =>
        path === redirected ? { status, headers: { location } } : undefined;
      expect([location, await post('2.2.1', partner.credentials('2.2.1', TOKEN_B))]).toEqual([
        location,
        3001,
      ]);
    }
  });

  it('P13: a response_url, even on a host that the partner is known by', async () => {
    const connection = await registered();
    const judge = api.app.get(ResponseUrls);
    for (const url of hostile) {
      const knownBy = {
        ...connection,
        endpoints: [{ identifier: 'x', role: 'SENDER', url } as const],
      };
      expect([url, await judge.whyRefused(knownBy, url)]).toEqual([url, expect.any(String)]);
    }
  });

  it('P13: the link to the next page of a list, even on a host that the partner is known by', async () => {
    const connection = await registered();
    const list = `${partner.base}/list/tokens`;
    for (const url of hostile) {
      partner.script = ({ path }) =>
        path.startsWith('/list/tokens')
          ? { headers: { link: `<${url}>; rel="next"` }, body: success([{}]) }
          : undefined;
      partner.requests.length = 0;
      const known = [list, url].map((target) => ({
        identifier: 'tokens',
        role: 'SENDER' as const,
        url: target,
      }));
      const crawl = crawlPages(api.app.get(PartnerClient), {
        connection: { ...connection, endpoints: known },
        url: list,
        query: {},
        routing: undefined,
      });
      const pages: unknown[] = [];
      const ended = await (async () => {
        for await (const page of crawl) pages.push(page);
      })().then(
        () => 'all read',
        (error: unknown) => (error as Error).name,
      );
      // What is no URL is one relative to the page: the partner's own.
      const isRelative = url === 'no url';
      expect([url, ended]).toEqual([url, isRelative ? 'all read' : 'CrawlError']);
      expect(partner.requests.length).toBe(isRelative ? 2 : 1);
    }
  });

  it.each(['GET', 'PUT', 'PATCH', 'POST', 'DELETE'] as const)(
    'P13: a %s to a module whose URL was stored before it turned bad',
    async (method) => {
      for (const url of hostile) {
        const answer = await api.app.get(PartnerClient).request({
          connectionId: 'p',
          method,
          url,
          token: TOKEN_B,
          version: '2.2.1',
          timeoutMs: 10_000,
        });
        expect([url, (answer as Json).reason]).toEqual([url, 'address-refused']);
      }
    },
  );
});
