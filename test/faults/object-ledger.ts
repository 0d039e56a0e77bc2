import { type Wire } from '../../apps/sandbox/src/partners/emsp-store.js';

/** A request to a receiver endpoint, as a partner sees it. */
export interface Push {
  method: string;
  module: string;
  segments: string[];
  body: Wire;
  /** `module/cc/pid/id`, or the CDR's id: what belongs together. */
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
  private readonly inFlight = new Map<string, Push[]>();
  private readonly stamps = new Map<string, string>();
  private readonly last = new Map<string, string>();

  begin(push: Push): void {
    this.requests += 1;
    const others = this.inFlight.get(push.object) ?? [];
    const sameNode = others.filter((other) => overlap(push.segments, other.segments));
    if (sameNode.length > 0) {
      this.violations.push(`${nameOf(push)} while in flight: ${sameNode.map(nameOf).join(', ')}`);
    }
    this.inFlight.set(push.object, [...others, push]);
  }

  end(push: Push): void {
    const left = (this.inFlight.get(push.object) ?? []).filter((other) => other !== push);
    if (left.length === 0) this.inFlight.delete(push.object);
    else this.inFlight.set(push.object, left);
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

/** An EVSE is an object of its own beside its neighbours, but not beside its Location or its Connectors. */
const overlap = (a: readonly string[], b: readonly string[]): boolean =>
  a.slice(0, b.length).join('/') === b.slice(0, a.length).join('/');

const nameOf = ({ method, module, segments, body }: Push): string =>
  `${method} ${module}/${segments.join('/')} of ${String(body.last_updated)}`;
