import { type TObject, type TSchema, Type } from '@sinclair/typebox';
import { cdrSchemaV211 } from '../modules/cdrs/cdr-schema.v211.js';
import { cdrLocationV221, cdrSchemaV221 } from '../modules/cdrs/cdr-schema.v221.js';
import { cdrLocationV230, cdrSchemaV230 } from '../modules/cdrs/cdr-schema.v230.js';
import { CdrToken } from '../modules/cdrs/cdr-token.js';
import { CdrTokenV221 } from '../modules/cdrs/cdr-token-schema.v221.js';
import { ChargingPeriod } from '../modules/cdrs/charging-period.js';
import { ChargingPeriodV211, ChargingPeriodV221 } from '../modules/cdrs/charging-period-schemas.js';
import { PriceV221 } from '../modules/cdrs/price-schema.v221.js';
import { SignedData } from '../modules/cdrs/signed-data.js';
import {
  ActiveChargingProfile,
  ChargingProfile,
} from '../modules/charging-profiles/charging-profile.js';
import {
  ChargingProfileResponseType,
  ChargingProfileResultType,
} from '../modules/charging-profiles/charging-profile-response.js';
import { SetChargingProfile } from '../modules/charging-profiles/set-charging-profile.js';
import {
  CancelReservation,
  ReserveNow,
  StartSession,
  StopSession,
  UnlockConnector,
} from '../modules/commands/command.js';
import { CommandResponseType, CommandResult } from '../modules/commands/command-response.js';
import {
  ReserveNowV211,
  StartSessionV211,
  UnlockConnectorV211,
} from '../modules/commands/commands.v211.js';
import { RESULT_WORDS_V211 } from '../modules/commands/encode-command-response.js';
import { Credentials, CredentialsRole } from '../modules/credentials/credentials.js';
import { CredentialsV211, CredentialsV221 } from '../modules/credentials/decode-credentials.js';
import {
  type LocationPartSchemas,
  locationPartSchemas,
} from '../modules/locations/location-part-schemas.js';
import { locationSchemasV211 } from '../modules/locations/location-schema.v211.js';
import { locationSchemasV221 } from '../modules/locations/location-schema.v221.js';
import { locationSchemasV230 } from '../modules/locations/location-schema.v230.js';
import {
  ChargingPreferences,
  ChargingPreferencesResponse,
} from '../modules/sessions/charging-preferences.js';
import { Session } from '../modules/sessions/session.js';
import { sessionSchemaV211 } from '../modules/sessions/session-schema.v211.js';
import { sessionSchemaV221 } from '../modules/sessions/session-schema.v221.js';
import { tariffSchemaV211 } from '../modules/tariffs/tariff-schema.v211.js';
import { tariffSchemaV221 } from '../modules/tariffs/tariff-schema.v221.js';
import { tariffSchemaV230 } from '../modules/tariffs/tariff-schema.v230.js';
import { Token } from '../modules/tokens/token.js';
import { TokenV211 } from '../modules/tokens/tokens.v211.js';
import { TokenV221 } from '../modules/tokens/tokens.v221.js';
import { DisplayText } from '../types/display-text.js';
import { type OcpiVersion } from '../types/ocpi-version.js';
import { Price, PriceLimit } from '../types/price.js';
import { InterfaceRole } from '../types/role.js';
import { DateTime, Optional, Url } from '../types/schema.js';

const Version = Type.Object({ version: Type.String(), url: Url() });

const versionDetails = (endpoint: Record<string, TSchema>): TSchema =>
  Type.Object({
    version: Type.String(),
    endpoints: Type.Array(Type.Object({ identifier: Type.String(), ...endpoint, url: Url() })),
  });

const locationParts = (parts: LocationPartSchemas): Record<string, TSchema> => ({
  AdditionalGeoLocation: parts.additionalGeoLocation,
  BusinessDetails: parts.businessDetails,
  DisplayText,
  EnergyMix: parts.energyMix,
  GeoLocation: parts.geoLocation,
  Hours: parts.hours,
  Image: parts.image,
});

/** `last_updated` is the only field that a PATCH must have, from 2.2.1 on (TRN-34). */
const patchOf = (token: TObject, stamped: boolean): TSchema =>
  Type.Object(
    { ...Type.Partial(token).properties, ...(stamped && { last_updated: DateTime() }) },
    { description: 'Some fields; of those that are null, optional ones are cleared.' },
  );

const V211: Record<string, TSchema> = {
  ...locationParts(locationPartSchemas('2.1.1')),
  CDR: cdrSchemaV211,
  ChargingPeriod: ChargingPeriodV211,
  CommandResponse: Type.Object({ result: CommandResponseType }),
  CommandResult: Type.Object({ result: RESULT_WORDS_V211 }),
  Connector: locationSchemasV211.connector,
  Credentials: CredentialsV211,
  EVSE: locationSchemasV211.evse,
  Location: locationSchemasV211.location,
  ReserveNow: Type.Object({ ...ReserveNowV211.properties, token: TokenV211 }),
  Session: sessionSchemaV211,
  StartSession: Type.Object({ ...StartSessionV211.properties, token: TokenV211 }),
  StopSession,
  Tariff: tariffSchemaV211,
  Token: TokenV211,
  TokenPatch: patchOf(TokenV211, false),
  UnlockConnector: UnlockConnectorV211,
  Version,
  VersionDetails: versionDetails({}),
};

const SINCE_V221: Record<string, TSchema> = {
  CancelReservation,
  ChargingPreferences,
  ChargingPreferencesResponse,
  ActiveChargingProfile,
  ActiveChargingProfileResult: Type.Object({
    result: ChargingProfileResultType,
    profile: Optional(ActiveChargingProfile),
  }),
  ChargingProfile,
  ChargingProfileResponse: Type.Object({
    result: ChargingProfileResponseType,
    timeout: Type.Integer({ minimum: 0 }),
  }),
  ChargingProfileResult: Type.Object({ result: ChargingProfileResultType }),
  CommandResponse: Type.Object({
    result: CommandResponseType,
    timeout: Type.Integer({ minimum: 0 }),
    message: Optional(Type.Array(DisplayText)),
  }),
  CommandResult,
  CredentialsRole,
  SetChargingProfile,
  SignedData,
  StopSession,
  UnlockConnector,
  Version,
  VersionDetails: versionDetails({ role: InterfaceRole }),
};

const V221: Record<string, TSchema> = {
  ...SINCE_V221,
  ...locationParts(locationPartSchemas('2.2.1')),
  CDR: cdrSchemaV221,
  CdrLocation: cdrLocationV221,
  CdrToken: CdrTokenV221,
  ChargingPeriod: ChargingPeriodV221,
  Connector: locationSchemasV221.connector,
  Credentials: CredentialsV221,
  EVSE: locationSchemasV221.evse,
  Location: locationSchemasV221.location,
  Price: PriceV221,
  ReserveNow: Type.Object({ ...ReserveNow.properties, token: TokenV221 }),
  Session: sessionSchemaV221,
  StartSession: Type.Object({ ...StartSession.properties, token: TokenV221 }),
  Tariff: tariffSchemaV221,
  Token: TokenV221,
  TokenPatch: patchOf(TokenV221, true),
};

const V230: Record<string, TSchema> = {
  ...SINCE_V221,
  ...locationParts(locationPartSchemas('2.3.0')),
  CDR: cdrSchemaV230,
  CdrLocation: cdrLocationV230,
  CdrToken,
  ChargingPeriod,
  Connector: locationSchemasV230.connector,
  Credentials,
  EVSE: locationSchemasV230.evse,
  Location: locationSchemasV230.location,
  Parking: locationSchemasV230.parking,
  Price,
  PriceLimit,
  ReserveNow,
  Session,
  StartSession,
  Tariff: tariffSchemaV230,
  Token,
  TokenPatch: patchOf(Token, true),
};

const CLASSES: Record<OcpiVersion, Readonly<Record<string, TSchema>>> = {
  '2.1.1': V211,
  '2.2.1': V221,
  '2.3.0': V230,
};

/** The classes of a version as they travel between a partner and us, by their names in OCPI. */
export const wireSchemas = (version: OcpiVersion): Readonly<Record<string, TSchema>> =>
  CLASSES[version];
