import { describeErrors, type FieldError, parseDateTime } from '#ocpi';
import { LIMITS } from './limits.js';

/** A CloudEvents 1.0 event of the contract, as read from any binding; `data` is not checked yet. */
export interface CloudEvent {
  id: string;
  source: string;
  type: string;
  subject: string | undefined;
  /** When it happened, by the CSMS's clock. */
  time: Date;
  /** Grows with every event of one subject; the version guard goes by it where both sides have one. */
  sequence: number | undefined;
  /** The snapshot that the event is part of. */
  snapshotId: string | undefined;
  /** W3C Trace Context, as given: the trace that the event is part of. */
  traceparent: string | undefined;
  data: unknown;
}

/** Attributes as text, as far as they could be read. */
export type RawAttributes = Record<string, string | undefined>;

/** The event, or why it is none; `attributes` holds what could be read, for whoever looks at the parked bytes. */
export type ParsedEvent =
  { ok: true; event: CloudEvent } | { ok: false; reason: string; attributes: RawAttributes };

/** Reads the attributes every event needs: specversion 1.0, id, source, type and time; and our extensions. */
export function readCloudEvent(attributes: RawAttributes, data: unknown): ParsedEvent {
  const faults: FieldError[] = [];
  const { id = '', source = '', type = '', subject, specversion } = attributes;
  if (specversion !== '1.0') faults.push({ path: 'specversion', message: 'must be 1.0' });
  lengthFault(faults, 'id', id, LIMITS.maxIdLength);
  lengthFault(faults, 'source', source, LIMITS.maxSourceLength);
  lengthFault(faults, 'type', type, 200);
  if (subject !== undefined) lengthFault(faults, 'subject', subject, LIMITS.maxSubjectLength);
  const time = parseDateTime(attributes['time'] ?? '');
  if (!time) faults.push({ path: 'time', message: 'required, RFC 3339 in UTC' });
  const sequence = readSequence(attributes['sequence']);
  if (sequence === null) faults.push({ path: 'sequence', message: 'not a whole number' });
  const snapshotId = attributes['snapshotid'];
  if (snapshotId !== undefined) {
    lengthFault(faults, 'snapshotid', snapshotId, LIMITS.maxSnapshotIdLength);
  }
  const contentType = attributes['datacontenttype'];
  if (
    contentType !== undefined &&
    contentType !== 'application/json' &&
    !/^application\/(?:[\w.+-]+\+)?json(?:;|$)/i.test(contentType)
  ) {
    faults.push({ path: 'datacontenttype', message: 'must be JSON' });
  }
  if (faults.length > 0 || !time || sequence === null) {
    return { ok: false, reason: `not a CloudEvent: ${describeErrors(faults)}`, attributes };
  }
  const { traceparent } = attributes;
  return {
    ok: true,
    event: { id, source, type, subject, time, sequence, snapshotId, traceparent, data },
  };
}

function lengthFault(faults: FieldError[], path: string, text: string, max: number): void {
  if (text === '') faults.push({ path, message: 'required' });
  else if (text.length > max)
    faults.push({ path, message: `longer than ${String(max)} characters` });
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  else if (/[\x00-\x1f\x7f]/.test(text)) faults.push({ path, message: 'control characters' });
}

function readSequence(text: string | undefined): number | undefined | null {
  if (text === undefined) return undefined;
  const value = Number(text);
  return /^\d{1,16}$/.test(text) && Number.isSafeInteger(value) ? value : null;
}
