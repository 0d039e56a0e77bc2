import { CliError } from './cli-error.js';

/** `knob=value` pairs as a profile. Values are JSON where they are JSON, else text. @throws CliError */
export function knobsFrom(pairs: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, text] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
      if (name === undefined || text === undefined) {
        throw new CliError(`write a knob as name=value, not '${pair}'`);
      }
      return [name, valueOf(text)];
    }),
  );
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
