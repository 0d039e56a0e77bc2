import { type EventTypeName } from '#csms-contract';

/** States one event to the gateway; resolves when it was taken. */
export type Say = (type: EventTypeName, content: object) => Promise<void>;
