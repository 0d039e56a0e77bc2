import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type OcpiVersion } from '#ocpi';
import { RecordingPartner } from './recording-partner.js';

/** Many partners behind one port, each below a path of its own: as fast as one process can answer. */
export class PartnerHost {
  readonly partners: RecordingPartner[] = [];
  private readonly byId = new Map<string, RecordingPartner>();

  private constructor(private readonly server: Server) {
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.handle(request, response).catch(() => request.socket.destroy());
    });
  }

  static async start(): Promise<PartnerHost> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    const host = new PartnerHost(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return host;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** A further partner; `port` is that of a proxy, where the gateway is to reach it through one. */
  add(version: OcpiVersion, port = this.port): RecordingPartner {
    const number = this.partners.length;
    const id = `partner-${number}`;
    const party = { country_code: 'NL', party_id: `P${String(number).padStart(2, '0')}` };
    const baseUrl = `http://127.0.0.1:${port}/${id}`;
    const partner = new RecordingPartner(id, version, party, baseUrl);
    this.partners.push(partner);
    this.byId.set(id, partner);
    return partner;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await Promise.all(this.partners.map(({ link }) => link.close()));
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, id, ...path] = segmentsOf(request.url ?? '/');
    const partner = this.byId.get(id ?? '');
    if (!partner) return void response.writeHead(404).end();
    await partner.handle(request, response, path);
  }
}

/** Most paths need no decoding, and there are thousands a second. */
function segmentsOf(url: string): string[] {
  const query = url.indexOf('?');
  const segments = (query === -1 ? url : url.slice(0, query)).split('/');
  return url.includes('%') ? segments.map(decodeURIComponent) : segments;
}
