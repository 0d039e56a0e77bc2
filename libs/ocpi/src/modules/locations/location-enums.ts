import { type Static } from '@sinclair/typebox';
import { ClosedEnum, OpenEnum } from '../../types/schema.js';

/** The enums of the 2.3.0 Locations module; which are open is LOC-71. */
export const STATUSES = [
  'AVAILABLE',
  'BLOCKED',
  'CHARGING',
  'INOPERATIVE',
  'OUTOFORDER',
  'PLANNED',
  'REMOVED',
  'RESERVED',
  'UNKNOWN',
] as const;
export const Status = ClosedEnum(STATUSES);
export type Status = Static<typeof Status>;

export const CAPABILITIES = [
  'CHARGING_PROFILE_CAPABLE',
  'CHARGING_PREFERENCES_CAPABLE',
  'CHIP_CARD_SUPPORT',
  'CONTACTLESS_CARD_SUPPORT',
  'CREDIT_CARD_PAYABLE',
  'DEBIT_CARD_PAYABLE',
  'PED_TERMINAL',
  'REMOTE_START_STOP_CAPABLE',
  'RESERVABLE',
  'RFID_READER',
  'START_SESSION_CONNECTOR_REQUIRED',
  'TOKEN_GROUP_CAPABLE',
  'UNLOCK_CAPABLE',
] as const;
export const Capability = OpenEnum(CAPABILITIES);

export const CONNECTOR_CAPABILITIES = [
  'ISO_15118_2_PLUG_AND_CHARGE',
  'ISO_15118_20_PLUG_AND_CHARGE',
] as const;
export const ConnectorCapability = OpenEnum(CONNECTOR_CAPABILITIES);

export const CONNECTOR_FORMATS = ['SOCKET', 'CABLE'] as const;
export const ConnectorFormat = ClosedEnum(CONNECTOR_FORMATS);

export const CONNECTOR_TYPES = [
  'CHADEMO',
  'CHAOJI',
  'DOMESTIC_A',
  'DOMESTIC_B',
  'DOMESTIC_C',
  'DOMESTIC_D',
  'DOMESTIC_E',
  'DOMESTIC_F',
  'DOMESTIC_G',
  'DOMESTIC_H',
  'DOMESTIC_I',
  'DOMESTIC_J',
  'DOMESTIC_K',
  'DOMESTIC_L',
  'DOMESTIC_M',
  'DOMESTIC_N',
  'DOMESTIC_O',
  'GBT_AC',
  'GBT_DC',
  'IEC_60309_2_single_16',
  'IEC_60309_2_three_16',
  'IEC_60309_2_three_32',
  'IEC_60309_2_three_64',
  'IEC_62196_T1',
  'IEC_62196_T1_COMBO',
  'IEC_62196_T2',
  'IEC_62196_T2_COMBO',
  'IEC_62196_T3A',
  'IEC_62196_T3C',
  'MCS',
  'NEMA_5_20',
  'NEMA_6_30',
  'NEMA_6_50',
  'NEMA_10_30',
  'NEMA_10_50',
  'NEMA_14_30',
  'NEMA_14_50',
  'PANTOGRAPH_BOTTOM_UP',
  'PANTOGRAPH_TOP_DOWN',
  'SAE_J3400',
  'TESLA_R',
  'TESLA_S',
] as const;
export const ConnectorType = OpenEnum(CONNECTOR_TYPES);

export const POWER_TYPES = [
  'AC_1_PHASE',
  'AC_2_PHASE',
  'AC_2_PHASE_SPLIT',
  'AC_3_PHASE',
  'DC',
] as const;
export const PowerType = ClosedEnum(POWER_TYPES);
export type PowerType = Static<typeof PowerType>;

export const FACILITIES = [
  'HOTEL',
  'RESTAURANT',
  'CAFE',
  'MALL',
  'SUPERMARKET',
  'SPORT',
  'RECREATION_AREA',
  'NATURE',
  'MUSEUM',
  'BIKE_SHARING',
  'BUS_STOP',
  'TAXI_STAND',
  'TRAM_STOP',
  'METRO_STATION',
  'TRAIN_STATION',
  'AIRPORT',
  'PARKING_LOT',
  'CARPOOL_PARKING',
  'FUEL_STATION',
  'WIFI',
] as const;
export const Facility = OpenEnum(FACILITIES);

export const PARKING_TYPES = [
  'ALONG_MOTORWAY',
  'PARKING_GARAGE',
  'PARKING_LOT',
  'ON_DRIVEWAY',
  'ON_STREET',
  'UNDERGROUND_GARAGE',
] as const;
export const ParkingType = OpenEnum(PARKING_TYPES);

export const PARKING_RESTRICTIONS = [
  'CUSTOMERS',
  'DISABLED',
  'EMPLOYEES',
  'EV_ONLY',
  'MOTORCYCLES',
  'PLUGGED',
  'TAXIS',
  'TENANTS',
] as const;
export const ParkingRestriction = OpenEnum(PARKING_RESTRICTIONS);

const PARKING_DIRECTIONS = ['PARALLEL', 'PERPENDICULAR', 'ANGLE'] as const;
export const ParkingDirection = ClosedEnum(PARKING_DIRECTIONS);

const EVSE_POSITIONS = ['LEFT', 'RIGHT', 'CENTER'] as const;
export const EvsePosition = ClosedEnum(EVSE_POSITIONS);

export const VEHICLE_TYPES = [
  'MOTORCYCLE',
  'PERSONAL_VEHICLE',
  'PERSONAL_VEHICLE_WITH_TRAILER',
  'VAN',
  'SEMI_TRACTOR',
  'RIGID',
  'TRUCK_WITH_TRAILER',
  'BUS',
  'DISABLED',
] as const;
export const VehicleType = OpenEnum(VEHICLE_TYPES);
