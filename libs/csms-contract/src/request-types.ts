import { type Static } from '@sinclair/typebox';
import { EVENT_TYPES, type EventTypeName } from './event-types.js';

/** Messages by which the gateway asks the CSMS to act. */
export type RequestTypeName = Extract<EventTypeName, `ocpi.${string}-${string}.requested.v1`>;

/** The data of a request. */
export type RequestData<T extends RequestTypeName> = Static<(typeof EVENT_TYPES)[T]['schema']>;

export const REQUEST_TYPES = (Object.keys(EVENT_TYPES) as EventTypeName[]).filter(
  (name): name is RequestTypeName => EVENT_TYPES[name].topics.some((topic) => topic === 'requests'),
);

export const isRequestType = (name: string): name is RequestTypeName =>
  (REQUEST_TYPES as readonly string[]).includes(name);
