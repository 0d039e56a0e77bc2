import { type TObject, Type } from '@sinclair/typebox';
import { type Decoded } from '../../types/field-error.js';
import { compile } from '../../types/schema.js';
import { type KnownCommandType } from './command-type.js';

/** A body by its canonical field names; its token, where it has one, is as it came. */
export type StatedCommand = Record<string, unknown>;

/** What one version does to a command on its way in; a command it does not know is missing. */
export type CommandCodec = Partial<
  Record<KnownCommandType, (wire: unknown) => Decoded<StatedCommand>>
>;

/** Reads the fields of the schema and drops the others (CMD-09). The token is read by its own codec. */
export function commandReader(schema: TObject): (wire: unknown) => Decoded<StatedCommand> {
  const { properties } = schema;
  const checker = compile(
    Type.Object('token' in properties ? { ...properties, token: Type.Unknown() } : properties),
  );
  return (wire) => {
    const decoded: Decoded<StatedCommand> = checker.decode(wire);
    if (!decoded.ok) return decoded;
    const known = Object.entries(decoded.value).filter(([field]) =>
      Object.hasOwn(properties, field),
    );
    return { ok: true, value: Object.fromEntries(known) };
  };
}
