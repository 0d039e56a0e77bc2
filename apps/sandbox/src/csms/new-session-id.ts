import { randomUUID } from 'node:crypto';

/** Short enough for a line of the timeline. */
export const newSessionId = (): string => `S-${randomUUID().slice(0, 18)}`;
