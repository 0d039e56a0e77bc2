import { foldId, type OcpiVersion } from '#ocpi';

export type Wire = Record<string, unknown>;

/** The outcome of a write at the partner, as an HTTP answer. */
export interface StoreAnswer {
  httpStatus: number;
  ocpiStatus: number;
  message?: string;
}

const CREATED: StoreAnswer = { httpStatus: 201, ocpiStatus: 1000 };
const UPDATED: StoreAnswer = { httpStatus: 200, ocpiStatus: 1000 };
const UNKNOWN: StoreAnswer = { httpStatus: 404, ocpiStatus: 2003, message: 'unknown object' };

/** What an eMSP holds of others' objects, kept as OCPI tells receivers to keep it. Paths: `cc/pid/id[/evse[/connector]]`. */
export class EmspStore {
  readonly locations = new Map<string, Wire>();
  readonly tariffs = new Map<string, Wire>();
  readonly sessions = new Map<string, Wire>();
  readonly cdrs = new Map<string, Wire>();

  constructor(private readonly version: OcpiVersion) {}

  get(module: string, segments: readonly string[]): Wire | undefined {
    const object = this.shelf(module)?.get(keyOf(segments.slice(0, 3)));
    if (!object || segments.length <= 3) return object;
    const evse = child(object, 'evses', 'uid', segments[3]);
    return segments[4] === undefined || !evse ? evse : child(evse, 'connectors', 'id', segments[4]);
  }

  put(module: string, segments: readonly string[], body: Wire): StoreAnswer {
    const shelf = this.shelf(module);
    if (!shelf) return UNKNOWN;
    if (segments.length === 3) {
      const key = keyOf(segments);
      const existed = shelf.has(key);
      shelf.set(key, body);
      return existed ? UPDATED : CREATED;
    }
    const location = shelf.get(keyOf(segments.slice(0, 3)));
    if (!location) return UNKNOWN;
    const parent = segments.length === 5 ? child(location, 'evses', 'uid', segments[3]) : location;
    if (!parent) return UNKNOWN;
    const [list, id] = segments.length === 5 ? ['connectors', 'id'] : ['evses', 'uid'];
    const answer = replaceChild(parent, list, id, segments.at(-1), body);
    raiseStamps(location, segments, this.childOf(location, segments), body.last_updated);
    return answer;
  }

  patch(module: string, segments: readonly string[], body: Wire): StoreAnswer {
    const target = this.get(module, segments);
    const root = this.get(module, segments.slice(0, 3));
    if (!target || !root) return UNKNOWN;
    const { charging_periods: periods, ...fields } = body;
    Object.assign(target, fields);
    if (Array.isArray(periods)) {
      // 2.2.1 and later append (SES-16); before, a list in a PATCH replaces (SES-20).
      const before = Array.isArray(target.charging_periods) ? target.charging_periods : [];
      target.charging_periods =
        this.version === '2.1.1' ? periods : [...(before as unknown[]), ...(periods as unknown[])];
    }
    raiseStamps(root, segments, this.childOf(root, segments), body.last_updated);
    return UPDATED;
  }

  delete(module: string, segments: readonly string[]): StoreAnswer {
    return this.shelf(module)?.delete(keyOf(segments)) ? UPDATED : UNKNOWN;
  }

  /** A CDR that is known already is refused, as many receivers do (CDR-08). */
  addCdr(body: Wire): StoreAnswer & { id: string } {
    const id = String(body.id);
    if (this.cdrs.has(foldId(id))) {
      return { httpStatus: 200, ocpiStatus: 2001, message: 'CDR already known', id };
    }
    this.cdrs.set(foldId(id), body);
    return { ...CREATED, id };
  }

  private childOf(location: Wire, segments: readonly string[]): Wire | undefined {
    return segments.length > 3 ? child(location, 'evses', 'uid', segments[3]) : undefined;
  }

  private shelf(module: string): Map<string, Wire> | undefined {
    if (module === 'locations') return this.locations;
    if (module === 'tariffs') return this.tariffs;
    return module === 'sessions' ? this.sessions : undefined;
  }
}

const keyOf = (segments: readonly string[]): string => segments.map(foldId).join('/');

function child(parent: Wire, list: string, id: string, wanted = ''): Wire | undefined {
  const children = parent[list];
  if (!Array.isArray(children)) return undefined;
  return (children as Wire[]).find((c) => foldId(String(c[id])) === foldId(wanted));
}

function replaceChild(
  parent: Wire,
  list: string,
  id: string,
  wanted: string | undefined,
  body: Wire,
): StoreAnswer {
  const children = (Array.isArray(parent[list]) ? parent[list] : []) as Wire[];
  const at = children.findIndex((c) => foldId(String(c[id])) === foldId(wanted ?? ''));
  if (at >= 0) children[at] = body;
  else children.push(body);
  parent[list] = children;
  return at >= 0 ? UPDATED : CREATED;
}

/** Receivers raise the parents' stamps themselves (LOC-23). */
function raiseStamps(
  location: Wire,
  segments: readonly string[],
  evse: Wire | undefined,
  stamp: unknown,
): void {
  if (segments.length <= 3 || typeof stamp !== 'string') return;
  for (const node of segments.length === 5 ? [evse, location] : [location]) {
    // As instants: `…:05Z` is older than `…:05.5Z`, though not as text.
    if (node && Date.parse(String(node.last_updated)) < Date.parse(stamp)) {
      node.last_updated = stamp;
    }
  }
}
