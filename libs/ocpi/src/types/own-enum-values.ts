/** A value that we put into an OpenEnum of 2.3.0 although its list does not have it. */
export interface OwnEnumValue {
  enumName: string;
  value: string;
  /** What no listed value can say. */
  reason: string;
}

/**
 * All of them (TYP-20): none so far. What we send is listed by OCPI or was stated by the CSMS. A value is added here
 * before it is added to its list; it is named after what it means, without a prefix, as EVRoaming and RFC 6648 ask.
 */
export const OWN_ENUM_VALUES: readonly OwnEnumValue[] = [];

/** What speaks against values of our own: prefixes that say "not official", names in use, no reason. */
export function ownEnumValueFaults(
  values: readonly OwnEnumValue[],
  listed: Readonly<Record<string, readonly string[]>>,
): string[] {
  return values.flatMap(({ enumName, value, reason }) => {
    const name = `${enumName} ${value}`;
    const names = listed[enumName];
    return [
      ...(names === undefined ? [`${name}: no such open enum`] : []),
      ...(names?.includes(value) ? [`${name}: OCPI has it already`] : []),
      ...(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(value)
        ? []
        : [`${name}: not upper case with underscores`]),
      ...(/^(X|CUSTOM|EXT|VENDOR|OCPI)_/.test(value) ? [`${name}: a prefix says nothing`] : []),
      ...(reason.trim() === '' ? [`${name}: no reason`] : []),
    ];
  });
}
