import { BadRequestException } from '@nestjs/common';

/** How a CSMS asks for its messages. */
export interface PollQuery {
  after?: string;
  fromStart: boolean;
  waitMs: number;
  limit: number;
}

const MAX_WAIT_SECONDS = 60;
const MAX_LIMIT = 1000;

/** Reads `after`, `from`, `wait` (seconds) and `limit`. @throws BadRequestException that says what is wrong. */
export function readPollQuery(query: Readonly<Record<string, unknown>>): PollQuery {
  const { from } = query;
  // An empty one is what a script sends that has no `next` yet.
  const after = query['after'] === '' ? undefined : query['after'];
  if (after !== undefined && typeof after !== 'string') {
    throw new BadRequestException('after: give `next` of the answer before');
  }
  if (from !== undefined && from !== 'start' && from !== 'tail') {
    throw new BadRequestException('from: start or tail');
  }
  return {
    ...(after !== undefined && { after }),
    fromStart: from === 'start',
    waitMs: wholeNumber('wait', query['wait'], 30, MAX_WAIT_SECONDS) * 1000,
    limit: Math.max(1, wholeNumber('limit', query['limit'], 100, MAX_LIMIT)),
  };
}

function wholeNumber(name: string, value: unknown, otherwise: number, max: number): number {
  if (value === undefined) return otherwise;
  if (typeof value !== 'string' || !/^\d{1,6}$/.test(value)) {
    throw new BadRequestException(`${name}: a whole number`);
  }
  return Math.min(Number(value), max);
}
