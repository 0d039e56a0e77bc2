import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type OcpiVersion } from '#ocpi';
import { type GatewayRequest, readRequests } from './gateway-connection.js';
import { RecordingPartner } from './recording-partner.js';

/** Many partners behind one port, each below a path of its own: as fast as one process can answer. */
export class PartnerHost {
  readonly partners: RecordingPartner[] = [];
  private readonly byId = new Map<string, RecordingPartner>();
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      readRequests(socket, (request) => this.handle(request));
    });
  }

  static async start(): Promise<PartnerHost> {
    const server = createServer({ noDelay: true });
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
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
    await Promise.all(this.partners.map(({ link }) => link.close()));
  }

  private handle(request: GatewayRequest): void {
    const [, id, ...path] = segmentsOf(request.url);
    const partner = this.byId.get(id ?? '');
    if (!partner) return request.answer(404, '');
    const fail = (): void => request.drop();
    try {
      partner.handle(request, path)?.catch(fail);
    } catch {
      fail();
    }
  }
}

/** Most paths need no decoding, and there are thousands a second. */
function segmentsOf(url: string): string[] {
  const query = url.indexOf('?');
  const segments = (query === -1 ? url : url.slice(0, query)).split('/');
  return url.includes('%') ? segments.map(decodeURIComponent) : segments;
}
