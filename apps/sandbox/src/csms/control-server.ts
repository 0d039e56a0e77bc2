import { createServer, type IncomingMessage, type Server } from 'node:http';
import { REQUEST_TYPES, type RequestTypeName } from '#csms-contract';
import { MISBEHAVIOURS, type RequestMisbehaviour } from './request-misbehaviour.js';
import { type VirtualCsms } from './virtual-csms.js';

interface Order {
  /** A request's type, or `*`. */
  request?: string;
  /** Absent: good manners again. */
  misbehaviour?: RequestMisbehaviour;
}

/** `POST /control/misbehave` tells a virtual CSMS, from outside, how to go wrong with requests. */
export class ControlServer {
  private readonly server: Server;

  constructor(private readonly csms: VirtualCsms) {
    this.server = createServer((request, response) => {
      this.obey(request).then(
        (said) => response.end(said),
        (error: unknown) => response.writeHead(400).end(`${String(error)}\n`),
      );
    });
  }

  async start(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async obey(request: IncomingMessage): Promise<string> {
    if (request.method !== 'POST' || request.url !== '/control/misbehave') {
      throw new Error('POST /control/misbehave {"request": "*", "misbehaviour": {"kind": …}}');
    }
    const { request: name = '*', misbehaviour } = await readOrder(request);
    const known = ['*', ...REQUEST_TYPES] as const;
    const type = known.find((candidate) => candidate === name || shortName(candidate) === name);
    if (!type) throw new Error(`request: one of ${known.map(shortName).join(', ')}`);
    if (misbehaviour && !MISBEHAVIOURS.includes(misbehaviour.kind)) {
      throw new Error(`misbehaviour.kind: one of ${MISBEHAVIOURS.join(', ')}`);
    }
    this.csms.misbehave(type, misbehaviour);
    return `${shortName(type)}: ${misbehaviour?.kind ?? 'good manners'}\n`;
  }
}

const shortName = (type: RequestTypeName | '*'): string =>
  type.replace(/^ocpi\.|\.requested\.v1$/g, '');

async function readOrder(request: IncomingMessage): Promise<Order> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Order;
}
