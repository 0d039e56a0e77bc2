import { type AdminApi } from './admin-api.js';
import { CliError } from './cli-error.js';

interface ProfileKnobs {
  knobs: { name: string; default: unknown }[];
}

/**
 * `knob=value` pairs as a profile. Values are JSON where they are JSON, else text; a knob that is a list also takes
 * `a` and `a,b`. @throws CliError
 */
export async function knobsFrom(
  pairs: readonly string[],
  api: AdminApi,
): Promise<Record<string, unknown>> {
  const given = pairs.map(pairOf);
  if (given.every(([, value]) => typeof value !== 'string')) return Object.fromEntries(given);
  const { knobs } = await api.get<ProfileKnobs>('profile-knobs');
  const lists = new Set(knobs.filter((one) => Array.isArray(one.default)).map(({ name }) => name));
  return Object.fromEntries(
    given.map(([name, value]) => [
      name,
      lists.has(name) && typeof value === 'string' ? itemsOf(value) : value,
    ]),
  );
}

function pairOf(pair: string): [name: string, value: unknown] {
  const [, name, text] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
  if (name === undefined || text === undefined) {
    throw new CliError(`write a knob as name=value, not '${pair}'`);
  }
  return [name, valueOf(text)];
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const itemsOf = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
