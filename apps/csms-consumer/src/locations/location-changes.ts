import { type NewChange } from '#change-log';
import { foldId, type LocationDiff } from '#ocpi';
import { type WrittenLocation } from './write-locations.js';

type Scope = Pick<NewChange, 'partyKey' | 'eventTime' | 'traceparent'>;

/** The line of the change log that a difference makes; none when nothing differs (LOC-16, 17, 19, 21). */
export function locationChange(
  diff: LocationDiff,
  isNew: boolean,
  written: WrittenLocation,
  scope: Scope & { isPublishFlipped?: boolean },
): NewChange[] {
  if (diff.level === 'none') return [];
  const { isPublishFlipped = false, ...rest } = scope;
  // 2.1.1 cannot say `publish`, so its readers must learn from the log that the Location may have left their view.
  const base = { ...rest, objectId: written.id, ...(isPublishFlipped && { fields: ['publish'] }) };
  if (diff.full) return [{ ...base, kind: 'location', aspect: isNew ? 'created' : 'content' }];
  const aspect = aspectOf(diff);
  const change: NewChange = {
    ...base,
    kind: diff.level,
    aspect,
    ...(aspect === 'fields' && { fields: diff.fields }),
  };
  if (diff.level === 'location') return [change];
  const evseId = written.evseIds.get(foldId(diff.evseUid ?? '')) ?? null;
  return [{ ...change, evseId, connectorId: diff.connectorId ?? null }];
}

function aspectOf(diff: Extract<LocationDiff, { fields: string[] }>): NewChange['aspect'] {
  if (diff.created) return 'created';
  if (diff.removes) return 'content';
  const isStatus = diff.level === 'evse' && diff.fields.length === 1 && diff.fields[0] === 'status';
  return isStatus ? 'status' : 'fields';
}
