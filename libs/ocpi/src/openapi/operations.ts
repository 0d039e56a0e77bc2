import { type OcpiVersion } from '../types/ocpi-version.js';
import { type ModuleId } from '../versions/manifest.js';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** One request that a partner may make. Classes are names of `wireSchemas`. */
export interface Operation {
  id: string;
  module: ModuleId | 'versions';
  method: Method;
  /** Below `/ocpi`, parameters in braces. */
  path: string;
  summary: string;
  /** Class of the body. */
  body?: string;
  /** Class of `data` in the answer; without one there is none. */
  data?: string;
  /** `data` is a list of the class: plain, or in pages. */
  list?: 'plain' | 'paged';
  /** Also answered 201 where the object is new. */
  creates?: boolean;
  query?: readonly QueryParameter[];
  /** What is posted to `response_url` later, and where that stands in the request. */
  callback?: { data: string; in: 'body' | 'query' };
}

export interface QueryParameter {
  name: string;
  description: string;
  schema: Record<string, unknown>;
  required?: boolean;
}

const RESPONSE_URL: QueryParameter = {
  name: 'response_url',
  description: 'Where the result is posted.',
  schema: { type: 'string', format: 'uri', maxLength: 255 },
  required: true,
};

const TOKEN_TYPE: QueryParameter = {
  name: 'type',
  description: 'TokenType of the token; RFID where left out.',
  schema: { type: 'string', default: 'RFID' },
};

/** All that the gateway serves partners of a version, as a CPO. */
export const ocpiOperations = (version: OcpiVersion): readonly Operation[] => {
  const at = (path: string) => `/${version}${path}`;
  return [
    ...configuration(at),
    ...senders(at),
    ...tokens(at, version),
    ...commands(at, version),
    ...(version === '2.1.1' ? [] : smartCharging(at)),
  ];
};

type At = (path: string) => string;

const configuration = (at: At): Operation[] => {
  const credentials = {
    module: 'credentials',
    path: at('/credentials'),
    data: 'Credentials',
  } as const;
  return [
    {
      id: 'getVersions',
      module: 'versions',
      method: 'get',
      path: '/versions',
      summary: 'The versions that we offer this partner.',
      data: 'Version',
      list: 'plain',
    },
    {
      id: 'getVersionDetails',
      module: 'versions',
      method: 'get',
      path: at(''),
      summary: 'The modules of this version and their URLs.',
      data: 'VersionDetails',
    },
    {
      ...credentials,
      id: 'getCredentials',
      method: 'get',
      summary: 'Our credentials, with the token that the caller shows.',
    },
    {
      ...credentials,
      id: 'register',
      method: 'post',
      summary:
        'Registers; the caller shows the token A that it was given. 405 when it is registered.',
      body: 'Credentials',
    },
    {
      ...credentials,
      id: 'updateRegistration',
      method: 'put',
      summary: 'Replaces credentials, endpoints and version. 405 when it is not registered.',
      body: 'Credentials',
    },
    {
      id: 'unregister',
      module: 'credentials',
      method: 'delete',
      path: at('/credentials'),
      summary: 'Ends the relationship. 405 when it is not registered.',
    },
  ];
};

const senders = (at: At): Operation[] => {
  const list = { method: 'get', list: 'paged' } as const;
  return [
    {
      ...list,
      id: 'getLocations',
      module: 'locations',
      path: at('/locations'),
      summary: 'Locations that the partner may see.',
      data: 'Location',
    },
    {
      id: 'getLocation',
      module: 'locations',
      method: 'get',
      path: at('/locations/{location_id}'),
      summary: 'One Location.',
      data: 'Location',
    },
    {
      id: 'getEvse',
      module: 'locations',
      method: 'get',
      path: at('/locations/{location_id}/{evse_uid}'),
      summary: 'One EVSE.',
      data: 'EVSE',
    },
    {
      id: 'getConnector',
      module: 'locations',
      method: 'get',
      path: at('/locations/{location_id}/{evse_uid}/{connector_id}'),
      summary: 'One Connector.',
      data: 'Connector',
    },
    {
      ...list,
      id: 'getSessions',
      module: 'sessions',
      path: at('/sessions'),
      summary:
        "Sessions of the partner's own drivers. Without date_from it is refused (2001), unless agreed otherwise.",
      data: 'Session',
    },
    {
      ...list,
      id: 'getCdrs',
      module: 'cdrs',
      path: at('/cdrs'),
      summary: "CDRs of the partner's own drivers.",
      data: 'CDR',
    },
    {
      ...list,
      id: 'getTariffs',
      module: 'tariffs',
      path: at('/tariffs'),
      summary: 'Tariffs that the partner may see.',
      data: 'Tariff',
    },
  ];
};

const tokens = (at: At, version: OcpiVersion): Operation[] => {
  const token = {
    module: 'tokens',
    path: at('/tokens/{country_code}/{party_id}/{token_uid}'),
    ...(version !== '2.1.1' && { query: [TOKEN_TYPE] }),
  } as const;
  return [
    {
      ...token,
      id: 'getToken',
      method: 'get',
      summary: "The partner's token as we have it.",
      data: 'Token',
    },
    {
      ...token,
      id: 'putToken',
      method: 'put',
      summary: 'States a token; an older statement than ours is taken and changes nothing.',
      body: 'Token',
      creates: true,
    },
    {
      ...token,
      id: 'patchToken',
      method: 'patch',
      summary: 'Changes fields of a token.',
      body: 'TokenPatch',
    },
  ];
};

const BODIES = {
  START_SESSION: 'StartSession',
  STOP_SESSION: 'StopSession',
  RESERVE_NOW: 'ReserveNow',
  CANCEL_RESERVATION: 'CancelReservation',
  UNLOCK_CONNECTOR: 'UnlockConnector',
} as const;

const commands = (at: At, version: OcpiVersion): Operation[] =>
  Object.entries(BODIES)
    .filter(([name]) => version !== '2.1.1' || name !== 'CANCEL_RESERVATION')
    .map(([name, body]) => ({
      id: body.charAt(0).toLowerCase() + body.slice(1),
      module: 'commands',
      method: 'post',
      path: at(`/commands/${name}`),
      summary: 'Our verdict at once; the result of the station goes to response_url.',
      body,
      data: 'CommandResponse',
      callback: { data: 'CommandResult', in: 'body' },
    }));

const smartCharging = (at: At): Operation[] => {
  const profile = {
    module: 'chargingprofiles',
    path: at('/chargingprofiles/{session_id}'),
    data: 'ChargingProfileResponse',
  } as const;
  return [
    {
      ...profile,
      id: 'getActiveChargingProfile',
      method: 'get',
      summary: 'Asks for the plan of a Session; it goes to response_url.',
      query: [
        {
          name: 'duration',
          description: 'Of the plan, in seconds.',
          schema: { type: 'integer', minimum: 1 },
          required: true,
        },
        RESPONSE_URL,
      ],
      callback: { data: 'ActiveChargingProfileResult', in: 'query' },
    },
    {
      ...profile,
      id: 'setChargingProfile',
      method: 'put',
      summary: 'Limits the power of a Session; the result goes to response_url.',
      body: 'SetChargingProfile',
      callback: { data: 'ChargingProfileResult', in: 'body' },
    },
    {
      ...profile,
      id: 'clearChargingProfile',
      method: 'delete',
      summary: 'Takes the limit away; the result goes to response_url.',
      query: [RESPONSE_URL],
      callback: { data: 'ChargingProfileResult', in: 'query' },
    },
    {
      id: 'setChargingPreferences',
      module: 'sessions',
      method: 'put',
      path: at('/sessions/{session_id}/charging_preferences'),
      summary: 'What the driver wishes. 404 with 2001 where the EVSE takes no wishes.',
      body: 'ChargingPreferences',
      data: 'ChargingPreferencesResponse',
    },
  ];
};
