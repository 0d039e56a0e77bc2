import { type EvseRow } from '#database';
import { foldId, type LocationLevel, type PartyId, type WireObject } from '#ocpi';
import { type PushOutcome } from '#partners';
import { type PushRequest, type SentPush } from '../push-sender.js';
import { nameOf, objectUrl, type PushScope } from '../push-scope.js';
import { isMissing } from '../repair.js';
import { type RenderedLocation } from '../state/location-rendering.js';

/** A Location, EVSE or Connector at a partner: its URL there, and how it looks. */
export class LocationTarget {
  readonly owner: PartyId;

  constructor(
    readonly scope: PushScope,
    readonly rendered: RenderedLocation,
    readonly level: LocationLevel,
    readonly evse?: EvseRow,
    readonly connectorId?: string,
  ) {
    const { country_code, party_id } = rendered.canonical;
    this.owner = { country_code, party_id };
  }

  get location(): LocationTarget {
    return new LocationTarget(this.scope, this.rendered, 'location');
  }

  /** The EVSE this stands for or belongs to. */
  get parentEvse(): LocationTarget {
    return new LocationTarget(this.scope, this.rendered, 'evse', this.evse);
  }

  get name(): string {
    return nameOf(this.owner, ...this.ids);
  }

  /** JSON text of the whole object; undefined: withheld. */
  get text(): string | undefined {
    if (this.level === 'location' || !this.evse) return this.rendered.locationText();
    if (this.level === 'evse') return this.rendered.evseText(this.evse);
    const connector = this.object;
    return connector && JSON.stringify(connector);
  }

  get object(): WireObject | undefined {
    if (this.level === 'location' || !this.evse) return this.rendered.locationObject();
    if (this.level === 'evse') return this.rendered.evseObject(this.evse);
    return this.rendered.connectorObject(this.evse, this.connectorId ?? '');
  }

  /** Undefined: the partner does not list the module. */
  send(method: PushRequest['method'], body?: string): Promise<SentPush> | undefined {
    const url = objectUrl(this.scope, 'locations', this.owner, ...this.ids);
    if (url === undefined) return undefined;
    return this.scope.sender.send({
      method,
      url,
      ...(body !== undefined && { body }),
      kind: this.level,
      objectName: this.name,
      from: this.owner,
    });
  }

  /**
   * The whole object by PUT (LOC-15, LOC-16), or its Location where the partner does not know that; undefined where the
   * version withholds it.
   */
  async put(): Promise<PushOutcome | undefined> {
    const { text } = this;
    const sent = text === undefined ? undefined : await this.send('PUT', text);
    if (this.level !== 'location' && sent?.outcome.kind === 'rejected' && isMissing(sent)) {
      return this.location.put();
    }
    return sent?.outcome;
  }

  /** The part of a partner's copy of the whole Location that this stands for. */
  within(location: unknown): unknown {
    if (this.level === 'location') return location;
    const evse = find(location, 'evses', 'uid', this.evse?.uid ?? '');
    return this.level === 'evse' ? evse : find(evse, 'connectors', 'id', this.connectorId ?? '');
  }

  private get ids(): string[] {
    const location = this.rendered.canonical.id;
    if (this.level === 'location' || !this.evse) return [location];
    if (this.level === 'evse') return [location, this.evse.uid];
    const id = this.object?.id;
    return [location, this.evse.uid, typeof id === 'string' ? id : (this.connectorId ?? '')];
  }
}

function find(parent: unknown, list: string, field: string, id: string): unknown {
  const items = (parent as Record<string, unknown> | undefined | null)?.[list];
  if (!Array.isArray(items)) return undefined;
  return items.find(
    (item: Record<string, unknown> | null) => foldId(String(item?.[field])) === foldId(id),
  );
}
