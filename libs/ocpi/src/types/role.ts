import { type Static } from '@sinclair/typebox';
import { ClosedEnum } from './schema.js';

/** Roles of a party. HUB exists in 2.2.1 only; 2.3.0 took it away (TYP-19). */
const ROLES = ['CPO', 'EMSP', 'HUB', 'NAP', 'NSP', 'OTHER', 'SCSP'] as const;
export const Role = ClosedEnum(ROLES);
export type Role = Static<typeof Role>;

/** Which side of a module an endpoint is (VER-06); 2.1.1 has no such word. */
const INTERFACE_ROLES = ['SENDER', 'RECEIVER'] as const;
export const InterfaceRole = ClosedEnum(INTERFACE_ROLES);
export type InterfaceRole = Static<typeof InterfaceRole>;
