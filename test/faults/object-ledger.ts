import { type Wire } from '../../apps/sandbox/src/partners/emsp-store.js';

/** A request to a receiver endpoint, as a partner sees it. */
export interface Push {
  method: string;
  module: string;
  segments: string[];
  body: Wire;
  /** `module/cc/pid/id`, or the CDR's id: what belongs together. */
  object: string;
  /** What it writes: the object, or an EVSE or Connector below it. */
  path: string;
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
  private readonly inFlight = new Map<string, Push[]>();
  /** As instants: `…:05Z` is older than `…:05.5Z`, though not as text. */
  private readonly stamps = new Map<string, number>();
  private readonly last = new Map<string, string>();

  begin(push: Push): void {
    this.requests += 1;
    const others = this.inFlight.get(push.object);
    if (others === undefined) return void this.inFlight.set(push.object, [push]);
    const sameNode = others.filter((other) => overlap(push.segments, other.segments));
    if (sameNode.length > 0) {
      this.violations.push(`${nameOf(push)} while in flight: ${sameNode.map(nameOf).join(', ')}`);
    }
    others.push(push);
  }

  end(push: Push): void {
    const all = this.inFlight.get(push.object) ?? [];
    const at = all.indexOf(push);
    if (at >= 0) all.splice(at, 1);
    if (all.length === 0) this.inFlight.delete(push.object);
  }

  /** What the partner keeps: stamps of every node it carries must not be older than those kept before. */
  keep(push: Push, text: string): void {
    const address = `${push.method} ${push.path}`;
    if (this.last.get(address) === text) this.repeated += 1;
    this.last.set(address, text);
    if (push.module === 'cdrs' || push.method === 'DELETE') return;
    this.stamp(push.path, push.body);
  }

  private stamp(path: string, node: Wire): void {
    if (typeof node.last_updated === 'string') {
      const before = this.stamps.get(path) ?? -Infinity;
      const now = Date.parse(node.last_updated);
      if (before > now) {
        const earlier = new Date(before).toISOString();
        this.violations.push(`${path} went back from ${earlier} to ${node.last_updated}`);
      } else if (before < now) this.stamps.set(path, now);
    }
    for (const evse of (node.evses ?? []) as Wire[])
      this.stamp(`${path}/${String(evse.uid)}`, evse);
    for (const connector of (node.connectors ?? []) as Wire[]) {
      this.stamp(`${path}/${String(connector.id)}`, connector);
    }
  }
}

/** An EVSE is an object of its own beside its neighbours, but not beside its Location or its Connectors. */
const overlap = (a: readonly string[], b: readonly string[]): boolean =>
  a.every((segment, at) => at >= b.length || segment === b[at]);

const nameOf = ({ method, module, segments, body }: Push): string =>
  `${method} ${module}/${segments.join('/')} of ${String(body.last_updated)}`;
