import { type TSchema, Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';

/**
 * Location and Tariff as the tables of 2.1.1 define them, for want of an official schema: written from the text, not
 * from our codecs. Nothing beside the documented fields passes, since this judges what we send.
 */
const strict = (properties: Record<string, TSchema>) =>
  Type.Object(properties, { additionalProperties: false });
const optional = <T extends TSchema>(schema: T) => Type.Optional(schema);
const string = (maxLength: number) => Type.String({ maxLength, pattern: '^[\\x20-\\x7e]*$' });
const choice = (values: string) =>
  Type.Union(values.split(' ').map((value) => Type.Literal(value)));
const dateTime = Type.String({
  pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ?$',
  maxLength: 25,
});
const url = Type.String({ maxLength: 255, pattern: '^https?://\\S+$' });
const time = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' });
const date = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\d$' });

const displayText = strict({ language: string(2), text: string(512) });
const geoLocation = {
  latitude: Type.String({ maxLength: 10, pattern: '^-?[0-9]{1,2}\\.[0-9]{6}$' }),
  longitude: Type.String({ maxLength: 11, pattern: '^-?[0-9]{1,3}\\.[0-9]{6}$' }),
};
const image = strict({
  url,
  thumbnail: optional(url),
  category: choice('CHARGER ENTRANCE LOCATION NETWORK OPERATOR OTHER OWNER'),
  type: string(4),
  width: optional(Type.Integer()),
  height: optional(Type.Integer()),
});
const businessDetails = strict({
  name: string(100),
  website: optional(url),
  logo: optional(image),
});
const period = strict({ period_begin: dateTime, period_end: dateTime });
const hours = strict({
  twentyfourseven: optional(Type.Boolean()),
  regular_hours: optional(
    Type.Array(
      strict({
        weekday: Type.Integer({ minimum: 1, maximum: 7 }),
        period_begin: time,
        period_end: Type.String({ pattern: '^(([01]\\d|2[0-3]):[0-5]\\d|24:00)$' }),
      }),
    ),
  ),
  exceptional_openings: optional(Type.Array(period)),
  exceptional_closings: optional(Type.Array(period)),
});
const energyMix = strict({
  is_green_energy: Type.Boolean(),
  energy_sources: optional(
    Type.Array(
      strict({
        source: choice('NUCLEAR GENERAL_FOSSIL COAL GAS GENERAL_GREEN SOLAR WIND WATER'),
        percentage: Type.Number(),
      }),
    ),
  ),
  environ_impact: optional(
    Type.Array(strict({ source: choice('NUCLEAR_WASTE CARBON_DIOXIDE'), amount: Type.Number() })),
  ),
  supplier_name: optional(string(64)),
  energy_product_name: optional(string(64)),
});
const status = choice(
  'AVAILABLE BLOCKED CHARGING INOPERATIVE OUTOFORDER PLANNED REMOVED RESERVED UNKNOWN',
);

const connector = strict({
  id: string(36),
  standard: choice(
    'CHADEMO DOMESTIC_A DOMESTIC_B DOMESTIC_C DOMESTIC_D DOMESTIC_E DOMESTIC_F DOMESTIC_G DOMESTIC_H ' +
      'DOMESTIC_I DOMESTIC_J DOMESTIC_K DOMESTIC_L IEC_60309_2_single_16 IEC_60309_2_three_16 ' +
      'IEC_60309_2_three_32 IEC_60309_2_three_64 IEC_62196_T1 IEC_62196_T1_COMBO IEC_62196_T2 ' +
      'IEC_62196_T2_COMBO IEC_62196_T3A IEC_62196_T3C TESLA_R TESLA_S',
  ),
  format: choice('SOCKET CABLE'),
  power_type: choice('AC_1_PHASE AC_3_PHASE DC'),
  voltage: Type.Integer(),
  amperage: Type.Integer(),
  tariff_id: optional(string(36)),
  terms_and_conditions: optional(url),
  last_updated: dateTime,
});

const evse = strict({
  uid: string(39),
  evse_id: optional(string(48)),
  status,
  status_schedule: optional(
    Type.Array(strict({ period_begin: dateTime, period_end: optional(dateTime), status })),
  ),
  capabilities: optional(
    Type.Array(
      choice(
        'CHARGING_PROFILE_CAPABLE CREDIT_CARD_PAYABLE REMOTE_START_STOP_CAPABLE RESERVABLE RFID_READER UNLOCK_CAPABLE',
      ),
    ),
  ),
  connectors: Type.Array(connector, { minItems: 1 }),
  floor_level: optional(string(4)),
  coordinates: optional(strict(geoLocation)),
  physical_reference: optional(string(16)),
  directions: optional(Type.Array(displayText)),
  parking_restrictions: optional(
    Type.Array(choice('EV_ONLY PLUGGED DISABLED CUSTOMERS MOTORCYCLES')),
  ),
  images: optional(Type.Array(image)),
  last_updated: dateTime,
});

const location = strict({
  id: string(39),
  type: choice('ON_STREET PARKING_GARAGE UNDERGROUND_GARAGE PARKING_LOT OTHER UNKNOWN'),
  name: optional(string(255)),
  address: string(45),
  city: string(45),
  postal_code: string(10),
  country: Type.String({ pattern: '^[A-Z]{3}$' }),
  coordinates: strict(geoLocation),
  related_locations: optional(Type.Array(strict({ ...geoLocation, name: optional(displayText) }))),
  evses: optional(Type.Array(evse)),
  directions: optional(Type.Array(displayText)),
  operator: optional(businessDetails),
  suboperator: optional(businessDetails),
  owner: optional(businessDetails),
  facilities: optional(
    Type.Array(
      choice(
        'HOTEL RESTAURANT CAFE MALL SUPERMARKET SPORT RECREATION_AREA NATURE MUSEUM BUS_STOP TAXI_STAND ' +
          'TRAIN_STATION AIRPORT CARPOOL_PARKING FUEL_STATION WIFI',
      ),
    ),
  ),
  time_zone: optional(string(255)),
  opening_times: optional(hours),
  charging_when_closed: optional(Type.Boolean()),
  images: optional(Type.Array(image)),
  energy_mix: optional(energyMix),
  last_updated: dateTime,
});

const tariff = strict({
  id: string(36),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  tariff_alt_text: optional(Type.Array(displayText)),
  tariff_alt_url: optional(url),
  elements: Type.Array(
    strict({
      price_components: Type.Array(
        strict({
          type: choice('ENERGY FLAT PARKING_TIME TIME'),
          price: Type.Number(),
          step_size: Type.Integer(),
        }),
        { minItems: 1 },
      ),
      restrictions: optional(
        strict({
          start_time: optional(time),
          end_time: optional(time),
          start_date: optional(date),
          end_date: optional(date),
          min_kwh: optional(Type.Number()),
          max_kwh: optional(Type.Number()),
          min_power: optional(Type.Number()),
          max_power: optional(Type.Number()),
          min_duration: optional(Type.Integer()),
          max_duration: optional(Type.Integer()),
          day_of_week: optional(
            Type.Array(choice('MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY')),
          ),
        }),
      ),
    }),
    { minItems: 1 },
  ),
  energy_mix: optional(energyMix),
  last_updated: dateTime,
});

const compiled = {
  Location: TypeCompiler.Compile(location),
  EVSE: TypeCompiler.Compile(evse),
  Connector: TypeCompiler.Compile(connector),
  Tariff: TypeCompiler.Compile(tariff),
};

/** Findings as `path: message`; empty for a body that 2.1.1 accepts. */
export const findings211 = (schema: keyof typeof compiled, body: unknown): string[] =>
  [...compiled[schema].Errors(body)].map(({ path, message }) => `${path}: ${message}`);
