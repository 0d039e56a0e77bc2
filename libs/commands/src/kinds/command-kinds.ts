import { type CommandKind } from '#database';
import { type OcpiVersion } from '#ocpi';
import { clearChargingProfile } from './clear-charging-profile.js';
import { type CommandKindRules, type CommandOutcome } from './command-kind.js';
import { getChargingProfile } from './get-charging-profile.js';
import { setChargingPreferences } from './set-charging-preferences.js';
import { setChargingProfile } from './set-charging-profile.js';
import { STATION_COMMANDS } from './station-command.kind.js';

const COMMAND_KINDS: Record<CommandKind, CommandKindRules> = {
  ...STATION_COMMANDS,
  SET_CHARGING_PROFILE: setChargingProfile,
  CLEAR_CHARGING_PROFILE: clearChargingProfile,
  GET_CHARGING_PROFILE: getChargingProfile,
  SET_CHARGING_PREFERENCES: setChargingPreferences,
};

/** @throws Error for a kind of a newer build */
export function rulesOf(kind: CommandKind): CommandKindRules {
  if (!Object.hasOwn(COMMAND_KINDS, kind)) {
    throw new Error(`commands of the kind ${kind} are not known`);
  }
  return COMMAND_KINDS[kind];
}

/** What a result of this kind looks like on the wire, as JSON text; null where the version has no words for it. */
export function bodyOf(
  kind: CommandKind,
): (version: OcpiVersion, outcome: CommandOutcome) => string | null {
  const rules = rulesOf(kind);
  return (version, outcome) => {
    const body = rules.bodyOf(version, outcome);
    return body === undefined ? null : JSON.stringify(body);
  };
}
