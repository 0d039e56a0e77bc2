import { type Wire } from '../../apps/sandbox/src/partners/emsp-store.js';

/** A request to a receiver endpoint, as a partner sees it. */
export interface Push {
  method: string;
  module: string;
  segments: string[];
  body: Wire;
  /** `module/cc/pid/id`, or the CDR's id: what may be in flight once. */
  object: string;
}

/**
 * What a partner can prove about the requests it gets: one in flight per object, `last_updated` never back (P3), and
 * how many said what had been said already.
 */
export class ObjectLedger {
  readonly violations: string[] = [];
  requests = 0;
  /** Requests that repeat the last one to the same address word by word. */
  repeated = 0;
  private readonly inFlight = new Map<string, number>();
  private readonly stamps = new Map<string, string>();
  private readonly last = new Map<string, string>();

  begin({ method, object, segments }: Push): void {
    this.requests += 1;
    const now = (this.inFlight.get(object) ?? 0) + 1;
    this.inFlight.set(object, now);
    if (now > 1) this.violations.push(`${now} in flight: ${method} ${segments.join('/')}`);
  }

  end({ object }: Push): void {
    const left = (this.inFlight.get(object) ?? 1) - 1;
    if (left === 0) this.inFlight.delete(object);
    else this.inFlight.set(object, left);
  }

  /** What the partner keeps: stamps of every node it carries must not be older than those kept before. */
  keep(push: Push, text: string): void {
    const address = `${push.method} ${push.module}/${push.segments.join('/')}/${String(push.body.id)}`;
    if (this.last.get(address) === text) this.repeated += 1;
    this.last.set(address, text);
    if (push.module === 'cdrs' || push.method === 'DELETE') return;
    this.stamp(`${push.module}/${push.segments.join('/')}`, push.body);
  }

  private stamp(path: string, node: Wire): void {
    if (typeof node.last_updated === 'string') {
      const before = this.stamps.get(path);
      // As instants: `…:05Z` is older than `…:05.5Z`, though not as text.
      if (before !== undefined && Date.parse(before) > Date.parse(node.last_updated)) {
        this.violations.push(`${path} went back from ${before} to ${node.last_updated}`);
      } else {
        this.stamps.set(path, node.last_updated);
      }
    }
    for (const evse of (node.evses ?? []) as Wire[])
      this.stamp(`${path}/${String(evse.uid)}`, evse);
    for (const connector of (node.connectors ?? []) as Wire[]) {
      this.stamp(`${path}/${String(connector.id)}`, connector);
    }
  }
}
