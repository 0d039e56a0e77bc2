import { signatureHeaders } from '#csms-requests';
import http from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface WebhookCall {
  headers: http.IncomingHttpHeaders;
  body: string;
  messages: { id: string; sequence: string; data: { uid: string } }[];
}

type Answer = (response: http.ServerResponse, call: WebhookCall) => void;

const taken: Answer = (response) => void response.writeHead(204).end();

/** The webhook of a CSMS. */
export class CsmsWebhook {
  readonly calls: WebhookCall[] = [];
  answer: Answer = taken;
  private readonly server = http.createServer((request, response) => {
    // Another suite may look for a process of its own on a port that was free a moment ago.
    if (request.method !== 'POST') {
      response.writeHead(405).end();
      return;
    }
    void text(request).then((body) => {
      const call = { headers: request.headers, body, messages: JSON.parse(body) as [] };
      this.calls.push(call);
      this.answer(response, call);
    });
  });

  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  /** Uids in the order in which they came, repeats included. */
  uids(): string[] {
    return this.calls.flatMap(({ messages }) => messages.map(({ data }) => data.uid));
  }

  recover(): void {
    this.answer = taken;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }
}

/** Whether the call was signed with this secret, as a receiver checks it. */
export function isSigned({ headers, body }: WebhookCall, secret: string): boolean {
  const expected = signatureHeaders(secret, {
    id: String(headers['webhook-id']),
    at: new Date(Number(headers['webhook-timestamp']) * 1000),
    body,
  });
  return expected['webhook-signature'] === headers['webhook-signature'];
}
