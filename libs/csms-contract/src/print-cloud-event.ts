/** An event ready to be sent. `data` is JSON text, so that stored text is never printed anew. */
export interface PrintableEvent {
  id: string;
  source: string;
  type: string;
  subject: string;
  time: Date;
  sequence?: number;
  snapshotId?: string;
  /** W3C Trace Context: the trace that the event is part of. */
  traceparent?: string;
  key: string;
  data: string;
}

/** Names the data's schema: an address of the AsyncAPI document's components. */
const dataSchema = (type: string): string => `urn:ocpi-gateway:csms:${type}`;

function attributesOf(event: PrintableEvent): Record<string, string> {
  return {
    specversion: '1.0',
    id: event.id,
    source: event.source,
    type: event.type,
    subject: event.subject,
    time: event.time.toISOString(),
    datacontenttype: 'application/json',
    dataschema: dataSchema(event.type),
    partitionkey: event.key,
    ...(event.sequence !== undefined && { sequence: String(event.sequence) }),
    ...(event.snapshotId !== undefined && { snapshotid: event.snapshotId }),
    ...(event.traceparent !== undefined && { traceparent: event.traceparent }),
  };
}

/** A Kafka record in binary mode: attributes as `ce_` headers, the data as value; the trace also as Kafka clients look for it. */
export function toKafkaMessage(event: PrintableEvent): {
  key: string;
  value: string;
  headers: Record<string, string>;
} {
  const { datacontenttype = 'application/json', ...attributes } = attributesOf(event);
  const headers = Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [`ce_${name}`, value]),
  );
  return {
    key: event.key,
    value: event.data,
    headers: {
      ...headers,
      'content-type': datacontenttype,
      ...(event.traceparent !== undefined && { traceparent: event.traceparent }),
    },
  };
}

/**
 * The event once more without a value, for a key whose object is gone: compaction then forgets the key. Its attributes say
 * which event it repeats, so that a CSMS that drops repeats drops it.
 */
export const toTombstone = (
  event: PrintableEvent,
): Omit<ReturnType<typeof toKafkaMessage>, 'value'> & { value: null } => ({
  ...toKafkaMessage(event),
  value: null,
});

/** The event in structured mode, as JSON text for a body or a batch. */
export const toStructured = (event: PrintableEvent): string =>
  `${JSON.stringify(attributesOf(event)).slice(0, -1)},"data":${event.data}}`;
