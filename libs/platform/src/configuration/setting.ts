import { Expose, Transform } from 'class-transformer';
import {
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateBy,
} from 'class-validator';

interface SettingBase {
  /** The environment variable; secrets are also read from the file named by `<env>_FILE`. */
  env: string;
  /** One sentence for the table of settings. */
  description: string;
  /** What holds when the variable is absent or empty; without it the property stays undefined. */
  default?: string;
  /** Said in the table where the default depends on something else. */
  defaultNote?: string;
  secret?: true;
}

export type SettingDefinition = SettingBase &
  (
    | { kind: 'text'; minLength?: number; maxLength?: number; pattern?: RegExp; shape?: string }
    | { kind: 'url'; protocols: string[] }
    | { kind: 'integer'; min: number; max: number }
    | { kind: 'number'; min: number; max: number }
    | { kind: 'boolean' }
    | { kind: 'list' }
    | { kind: 'choice'; choices: readonly string[] }
    | { kind: 'bytes'; length: number }
  );

export type DefinedSetting = SettingDefinition & { property: string };

const definitionsByClass = new Map<object, DefinedSetting[]>();

/** Every setting of a class in the order of its declaration, then those of the classes that it extends. */
export function settingsOf(settingsClass: { prototype: object }): readonly DefinedSetting[] {
  const settings: DefinedSetting[] = [];
  let prototype: object | null = settingsClass.prototype;
  while (prototype !== null) {
    settings.push(...(definitionsByClass.get(prototype) ?? []));
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return settings;
}

/**
 * Binds a property to an environment variable: how it is parsed and checked, and what the generated table says of it.
 * Parsing never throws: text that does not parse becomes a value that its check refuses, so all problems show at once.
 */
export function Setting(definition: SettingDefinition): PropertyDecorator {
  return (target, property) => {
    const known = definitionsByClass.get(target) ?? [];
    definitionsByClass.set(target, [...known, { ...definition, property: String(property) }]);
    const decorators = [
      Expose({ name: definition.env }),
      Transform(({ value }: { value: unknown }) =>
        typeof value === 'string' ? parse(definition, value) : value,
      ),
      ...checks(definition),
      IsOptional(),
    ];
    for (const decorate of decorators) decorate(target, property);
  };
}

function parse(definition: SettingDefinition, text: string): unknown {
  switch (definition.kind) {
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? Number(text) : NaN;
    case 'number':
      return /^\d{1,15}(\.\d{1,6})?$/.test(text) ? Number(text) : NaN;
    case 'boolean':
      return { true: true, '1': true, false: false, '0': false }[text.toLowerCase()] ?? text;
    case 'list':
      return text
        .split(',')
        .map((entry) => entry.trim())
        .filter((entry) => entry !== '');
    default:
      return text;
  }
}

function checks(definition: SettingDefinition): PropertyDecorator[] {
  const refuse = { message: `${definition.env} must be ${expected(definition)}` };
  switch (definition.kind) {
    case 'integer':
      return [IsInt(refuse), Min(definition.min, refuse), Max(definition.max, refuse)];
    case 'number':
      return [
        IsNumber({ allowNaN: false }, refuse),
        Min(definition.min, refuse),
        Max(definition.max, refuse),
      ];
    case 'boolean':
      return [IsBoolean(refuse)];
    case 'list':
      return [IsArray(refuse), ArrayMinSize(0)];
    case 'choice':
      return [IsIn(definition.choices, refuse)];
    case 'url':
      return [
        ValidateBy({ name: 'isUrlWithProtocol', validator: urlOf(definition.protocols) }, refuse),
      ];
    case 'bytes':
      return [Matches(base64Of(definition.length), refuse)];
    case 'text':
      return [
        IsString(refuse),
        ...(definition.minLength === undefined ? [] : [MinLength(definition.minLength, refuse)]),
        ...(definition.maxLength === undefined ? [] : [MaxLength(definition.maxLength, refuse)]),
        ...(definition.pattern === undefined ? [] : [Matches(definition.pattern, refuse)]),
      ];
  }
}

const urlOf = (protocols: readonly string[]) => ({
  validate: (value: unknown) =>
    typeof value === 'string' &&
    URL.canParse(value) &&
    protocols.includes(new URL(value).protocol.slice(0, -1)),
});

function base64Of(length: number): RegExp {
  const rest = length % 3;
  const characters = Math.floor(length / 3) * 4 + (rest === 0 ? 0 : rest + 1);
  const padding = '='.repeat(rest === 0 ? 0 : 3 - rest);
  return new RegExp(`^[A-Za-z0-9+/]{${characters}}${padding}$`);
}

/** What a valid value looks like, in words: for messages and for the table. */
export function expected(definition: SettingDefinition): string {
  switch (definition.kind) {
    case 'integer':
      return `a whole number from ${definition.min} to ${definition.max}`;
    case 'number':
      return `a number from ${definition.min} to ${definition.max}`;
    case 'boolean':
      return 'true or false';
    case 'list':
      return 'a list separated by commas';
    case 'choice':
      return `one of ${definition.choices.join(', ')}`;
    case 'url':
      return `a URL (${definition.protocols.join(', ')})`;
    case 'bytes':
      return `${definition.length} bytes in base64`;
    case 'text':
      return definition.shape ?? 'text';
  }
}
