import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { HttpAuthorizer, NoVerdictError, RefusedQuestionError } from '#csms-client';

const question = (withinMs: number) => ({
  country_code: 'NL',
  party_id: 'AAA',
  authorization_id: 'A-1',
  deadline: new Date(Date.now() + withinMs).toISOString(),
  uid: 'CARD-1',
  location_id: 'HARBOUR-7',
});

describe('asking for an authorization over HTTP', () => {
  const servers: Server[] = [];
  let authorizer: HttpAuthorizer;
  afterEach(async () => {
    await authorizer.close();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function replica(answer: RequestListener): Promise<string> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(server);
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const allows: RequestListener = (request, response) => {
    request.resume().once('end', () => response.end(JSON.stringify({ allowed: 'ALLOWED' })));
  };
  const ask = async (withinMs: number, ...urls: string[]) => {
    authorizer = new HttpAuthorizer(urls, 'key');
    return authorizer.authorize(question(withinMs));
  };

  it('sends the question with the key, and hands over the verdict', async () => {
    const seen: unknown[] = [];
    const url = await replica((request, response) => {
      seen.push(request.method, request.url, request.headers.authorization);
      allows(request, response);
    });
    expect(await ask(2000, url)).toEqual({ allowed: 'ALLOWED' });
    expect(seen).toEqual(['POST', '/csms/v1/authorizations', 'Bearer key']);
  });

  it.each<[string, RequestListener | undefined]>([
    ['is not there', undefined],
    ['breaks off', (request) => request.socket.destroy()],
    ['is busy', (_request, response) => response.writeHead(503).end()],
  ])('asks the next replica at once where one %s', async (_what, answer) => {
    const bad = answer ? await replica(answer) : 'http://127.0.0.1:1';
    const startedAt = Date.now();
    expect(await ask(5000, bad, await replica(allows))).toEqual({ allowed: 'ALLOWED' });
    expect(Date.now() - startedAt).toBeLessThan(1000);
  });

  it('asks the only replica again until it is back', async () => {
    let asked = 0;
    const url = await replica((request, response) => {
      if (++asked < 3) request.socket.destroy();
      else allows(request, response);
    });
    expect(await ask(5000, url)).toEqual({ allowed: 'ALLOWED' });
  });

  it('gives up at the deadline, whether nobody is there or nobody answers', async () => {
    const silent = await replica(() => undefined);
    for (const urls of [['http://127.0.0.1:1'], [silent]]) {
      const startedAt = Date.now();
      await expect(ask(300, ...urls)).rejects.toBeInstanceOf(NoVerdictError);
      expect(Date.now() - startedAt).toBeLessThan(1500);
    }
  });

  it('does not repeat a question that is wrong', async () => {
    let asked = 0;
    const url = await replica((_request, response) => {
      asked += 1;
      response.writeHead(400).end('uid: required');
    });
    await expect(ask(2000, url)).rejects.toBeInstanceOf(RefusedQuestionError);
    expect(asked).toBe(1);
  });
});
