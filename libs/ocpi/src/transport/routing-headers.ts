import { type PartyId } from '../types/party.js';

/** Header names in lower case, as Node hands them over; on the wire they have no case (TRN-52, TRN-71). */
const ROUTING_HEADERS = {
  toPartyId: 'ocpi-to-party-id',
  toCountryCode: 'ocpi-to-country-code',
  fromPartyId: 'ocpi-from-party-id',
  fromCountryCode: 'ocpi-from-country-code',
} as const;

export const REQUEST_ID_HEADER = 'x-request-id';
export const CORRELATION_ID_HEADER = 'x-correlation-id';

export type HeaderValues = Readonly<Record<string, string | string[] | undefined>>;

/** Whom a message is for and whom it is from. */
export interface Routing {
  to?: PartyId;
  from?: PartyId;
}

export interface ReadRouting extends Routing {
  /** Sides of which one header of the two is missing or malformed; such a message is refused (TRN-56). */
  incomplete: ('to' | 'from')[];
}

/** Reads the routing headers of a request or an answer; both headers of a side absent means that side is not named. */
export function readRouting(headers: HeaderValues): ReadRouting {
  const incomplete: ('to' | 'from')[] = [];
  const side = (name: 'to' | 'from', countryCode: string, partyId: string): PartyId | undefined => {
    const cc = single(headers, countryCode);
    const pid = single(headers, partyId);
    if (cc === undefined && pid === undefined) return undefined;
    if (!/^[A-Za-z]{2}$/.test(cc ?? '') || !/^[\x21-\x7e]{1,3}$/.test(pid ?? '')) {
      incomplete.push(name);
      return undefined;
    }
    return { country_code: cc ?? '', party_id: pid ?? '' };
  };
  const to = side('to', ROUTING_HEADERS.toCountryCode, ROUTING_HEADERS.toPartyId);
  const from = side('from', ROUTING_HEADERS.fromCountryCode, ROUTING_HEADERS.fromPartyId);
  return { ...(to && { to }), ...(from && { from }), incomplete };
}

/** The headers of a message; a side that is not named is left out (open routing, TRN-60). */
export function writeRouting({ to, from }: Routing): Record<string, string> {
  return {
    ...(to && {
      'OCPI-to-party-id': to.party_id,
      'OCPI-to-country-code': to.country_code,
    }),
    ...(from && {
      'OCPI-from-party-id': from.party_id,
      'OCPI-from-country-code': from.country_code,
    }),
  };
}

/** The routing of an answer: from the party that was addressed, to the party that asked (TRN-54). */
export function mirrorRouting(request: Routing, answering?: PartyId): Routing {
  const from = answering ?? request.to;
  return { ...(request.from && { to: request.from }), ...(from && { from }) };
}

/** One value of a header, whatever the case of its name; of a repeated one the first. */
export function single(headers: HeaderValues, name: string): string | undefined {
  const value = headers[name] ?? headers[nameAsWritten(headers, name) ?? name];
  const text = (Array.isArray(value) ? value[0] : value)?.trim();
  return text === '' ? undefined : text;
}

function nameAsWritten(headers: HeaderValues, name: string): string | undefined {
  const folded = name.toLowerCase();
  for (const key in headers) {
    // Lengths first: most headers of most requests are absent, and there are a dozen others.
    if (key.length === name.length && key.toLowerCase() === folded) return key;
  }
  return undefined;
}
