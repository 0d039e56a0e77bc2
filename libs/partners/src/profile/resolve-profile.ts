import { type FieldError, type OcpiVersion } from '#ocpi';
import { defaultProfile, isKnob, KNOBS, type PartnerProfile } from './knobs.js';
import { PRESETS } from './presets.js';

/** What the gateway's settings say where a profile is silent. */
export type ProfileDefaults = Partial<PartnerProfile>;

/** The profile in force: default → settings → preset → connection. Unknown names in stored profiles are passed over. */
export function resolveProfile(
  version: OcpiVersion | null,
  own: Readonly<Record<string, unknown>>,
  preset: string | null,
  defaults: ProfileDefaults = {},
): PartnerProfile {
  const known = Object.entries(own).filter(
    ([name, value]) => isKnob(name) && KNOBS[name].accepts(value),
  );
  return {
    ...defaultProfile(version),
    ...defaults,
    ...(preset === null ? {} : PRESETS[preset]?.knobs),
    ...Object.fromEntries(known),
  };
}

/** Everything wrong with a profile as an operator states it: unknown knobs, values that do not fit, an unknown preset. */
export function profileErrors(
  own: Readonly<Record<string, unknown>>,
  preset?: string | null,
): FieldError[] {
  const errors = Object.entries(own).flatMap(([name, value]): FieldError[] => {
    if (!isKnob(name)) return [{ path: `profile.${name}`, message: 'unknown knob' }];
    const knob = KNOBS[name];
    return knob.accepts(value)
      ? []
      : [{ path: `profile.${name}`, message: `must be ${knob.values}` }];
  });
  if (preset != null && !Object.hasOwn(PRESETS, preset)) {
    errors.push({ path: 'preset', message: `must be one of ${Object.keys(PRESETS).join(', ')}` });
  }
  return errors;
}
