import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line of one request or event carries. */
export interface LogFields {
  requestId?: string;
  correlationId?: string;
  [field: string]: string | number | undefined;
}

const storage = new AsyncLocalStorage<LogFields>();

/** Runs `work` so that every line logged within, also after awaits, carries the fields beside those already there. */
export const withLogFields = <T>(fields: LogFields, work: () => T): T =>
  storage.run({ ...storage.getStore(), ...fields }, work);

/** The fields of the request or event at work here. */
export const currentLogFields = (): LogFields => storage.getStore() ?? {};
