import { ago, facts } from './print.js';

/** The last request to a partner about an object, and its answer. */
export interface Exchange {
  at: string;
  method: string;
  url: string;
  request: string | null;
  httpStatus: number | null;
  ocpiStatus: number | null;
  response: string | null;
  durationMs: number;
  outcome: string;
  requestId: string | null;
}

export const exchangeFacts = (exchange: Exchange): string =>
  facts([
    ['last request', `${exchange.method} ${exchange.url} (${ago(exchange.at)})`],
    ['request id', exchange.requestId],
    ['body', exchange.request],
    ['answer', statusOf(exchange)],
    ['text', exchange.response],
    ['took', `${exchange.durationMs} ms`],
    ['outcome', exchange.outcome],
  ]);

export const statusOf = ({ httpStatus, ocpiStatus }: Exchange): string =>
  httpStatus === null ? 'none' : `HTTP ${httpStatus}, OCPI ${ocpiStatus ?? '-'}`;
