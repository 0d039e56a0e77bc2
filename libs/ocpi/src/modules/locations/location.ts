import { type ArrayOptions, type Static, type TSchema, Type } from '@sinclair/typebox';
import { BusinessDetails } from '../../types/business-details.js';
import { DisplayText } from '../../types/display-text.js';
import { EnergyMix } from '../../types/energy-mix.js';
import { AdditionalGeoLocation, GeoLocation } from '../../types/geo-location.js';
import { Image } from '../../types/image.js';
import { CiString, DateTime, Optional, Text, Url } from '../../types/schema.js';
import { TokenType } from '../../types/token-type.js';
import {
  Capability,
  ConnectorCapability,
  ConnectorFormat,
  ConnectorType,
  EvsePosition,
  Facility,
  ParkingDirection,
  ParkingRestriction,
  ParkingType,
  PowerType,
  Status,
  VehicleType,
} from './location-enums.js';

const list = <T extends TSchema>(items: T, options?: ArrayOptions) => Type.Array(items, options);
const Time = () => Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' });
/** A mandatory text that says nothing is as good as absent (LOC-80). */
const SomeText = (maxLength: number) => Text(maxLength, { minLength: 1 });

/** One window of a weekday, Monday = 1, in the local time of the Location (LOC-43). */
export const RegularHours = Type.Object({
  weekday: Type.Integer({ minimum: 1, maximum: 7 }),
  period_begin: Time(),
  period_end: Time(),
});
export type RegularHours = Static<typeof RegularHours>;

export const ExceptionalPeriod = Type.Object({ period_begin: DateTime(), period_end: DateTime() });
export type ExceptionalPeriod = Static<typeof ExceptionalPeriod>;

export const Hours = Type.Object({
  twentyfourseven: Type.Boolean(),
  regular_hours: Optional(list(RegularHours)),
  exceptional_openings: Optional(list(ExceptionalPeriod)),
  exceptional_closings: Optional(list(ExceptionalPeriod)),
});
export type Hours = Static<typeof Hours>;

/** A status to come; announcing only, the real change is an event of its own (LOC-28). */
export const StatusSchedule = Type.Object({
  period_begin: DateTime(),
  period_end: Optional(DateTime()),
  status: Status,
});
export type StatusSchedule = Static<typeof StatusSchedule>;

/** Who may see a Location that is not published (LOC-36). */
export const PublishTokenType = Type.Object({
  uid: Optional(CiString(36)),
  type: Optional(TokenType),
  visual_number: Optional(Text(64)),
  issuer: Optional(Text(64)),
  group_id: Optional(CiString(36)),
});
export type PublishTokenType = Static<typeof PublishTokenType>;

/** One parking place or kind of place; kg, cm and minutes (LOC-68). */
export const Parking = Type.Object({
  id: CiString(36),
  physical_reference: Optional(Text(12)),
  vehicle_types: list(VehicleType, { minItems: 1 }),
  max_vehicle_weight: Optional(Type.Number({ minimum: 0 })),
  max_vehicle_height: Optional(Type.Number({ minimum: 0 })),
  max_vehicle_length: Optional(Type.Number({ minimum: 0 })),
  max_vehicle_width: Optional(Type.Number({ minimum: 0 })),
  parking_space_length: Optional(Type.Number({ minimum: 0 })),
  parking_space_width: Optional(Type.Number({ minimum: 0 })),
  dangerous_goods_allowed: Optional(Type.Boolean()),
  direction: Optional(ParkingDirection),
  drive_through: Optional(Type.Boolean()),
  restricted_to_type: Type.Boolean(),
  reservation_required: Type.Boolean(),
  time_limit: Optional(Type.Number({ minimum: 0 })),
  roofed: Optional(Type.Boolean()),
  images: Optional(list(Image)),
  lighting: Optional(Type.Boolean()),
  refrigeration_outlet: Optional(Type.Boolean()),
  standards: Optional(list(CiString(36))),
  apds_reference: Optional(CiString(255)),
});
export type Parking = Static<typeof Parking>;

export const EvseParking = Type.Object({
  parking_id: CiString(36),
  evse_position: Optional(EvsePosition),
});
export type EvseParking = Static<typeof EvseParking>;

/** Volts (line to neutral for three phases), amperes, watts (LOC-50). */
export const Connector = Type.Object({
  id: CiString(36),
  standard: ConnectorType,
  format: ConnectorFormat,
  power_type: PowerType,
  max_voltage: Type.Integer({ minimum: 0 }),
  max_amperage: Type.Integer({ minimum: 0 }),
  max_electric_power: Optional(Type.Integer({ minimum: 0 })),
  tariff_ids: Optional(list(CiString(36))),
  terms_and_conditions: Optional(Url()),
  capabilities: Optional(list(ConnectorCapability)),
  last_updated: DateTime(),
});
export type Connector = Static<typeof Connector>;

export const Evse = Type.Object({
  uid: CiString(36),
  evse_id: Optional(CiString(48)),
  status: Status,
  status_schedule: Optional(list(StatusSchedule)),
  capabilities: Optional(list(Capability)),
  connectors: list(Connector, { minItems: 1 }),
  floor_level: Optional(Text(4)),
  coordinates: Optional(GeoLocation),
  physical_reference: Optional(Text(16)),
  directions: Optional(list(DisplayText)),
  parking_restrictions: Optional(list(ParkingRestriction)),
  parking: Optional(list(EvseParking)),
  images: Optional(list(Image)),
  accepted_service_providers: Optional(list(Text(50))),
  last_updated: DateTime(),
});
export type Evse = Static<typeof Evse>;

/** The canonical Location: OCPI 2.3.0 edition 2, as the CSMS states it and as it is stored. */
export const Location = Type.Object({
  country_code: Type.String({ pattern: '^[A-Za-z]{2}$' }),
  party_id: CiString(3),
  id: CiString(36),
  publish: Type.Boolean(),
  publish_allowed_to: Optional(list(PublishTokenType)),
  name: Optional(Text(255)),
  address: SomeText(255),
  city: SomeText(45),
  postal_code: Optional(Text(10)),
  state: Optional(Text(45)),
  country: Type.String({ pattern: '^[A-Z]{3}$' }),
  coordinates: GeoLocation,
  related_locations: Optional(list(AdditionalGeoLocation)),
  parking_type: Optional(ParkingType),
  evses: Optional(list(Evse)),
  parking_places: Optional(list(Parking)),
  directions: Optional(list(DisplayText)),
  operator: Optional(BusinessDetails),
  suboperator: Optional(BusinessDetails),
  owner: Optional(BusinessDetails),
  facilities: Optional(list(Facility)),
  time_zone: SomeText(255),
  opening_times: Optional(Hours),
  charging_when_closed: Optional(Type.Boolean()),
  images: Optional(list(Image)),
  energy_mix: Optional(EnergyMix),
  help_phone: Optional(CiString(25)),
  last_updated: DateTime(),
});
export type Location = Static<typeof Location>;
