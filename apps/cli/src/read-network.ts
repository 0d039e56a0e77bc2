import { readFile } from 'node:fs/promises';
import { type Network } from '#csms-client';
import { type Location, type Tariff } from '#ocpi';
import { CliError } from './cli-error.js';

/** Locations and Tariffs of files that hold arrays of either, or of both; told apart by their content. @throws CliError */
export async function readNetwork(files: readonly string[]): Promise<Network> {
  const network: Network = { locations: [], tariffs: [] };
  for (const file of files) {
    for (const [index, object] of (await arrayIn(file)).entries()) {
      if (isRecord(object) && 'coordinates' in object) {
        network.locations.push(object as unknown as Location);
      } else if (isRecord(object) && 'elements' in object) {
        network.tariffs.push(object as unknown as Tariff);
      } else {
        throw new CliError(`${file}: element ${index} is neither a Location nor a Tariff`);
      }
    }
  }
  for (const object of [...network.locations, ...network.tariffs]) checkKeys(object);
  return network;
}

async function arrayIn(file: string): Promise<unknown[]> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new CliError(`${file}: ${whyUnreadable(error)}`, { cause: error });
  }
  if (!Array.isArray(value)) {
    throw new CliError(`${file}: must hold a JSON array of OCPI 2.3.0 Locations or Tariffs`);
  }
  return value as unknown[];
}

function whyUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  return code === undefined ? message : `cannot be read (${code})`;
}

/** Without these an event cannot be addressed; everything else is the gateway's to judge. */
function checkKeys(object: object): void {
  const record = object as Record<string, unknown>;
  for (const field of ['country_code', 'party_id', 'id']) {
    if (typeof record[field] === 'string') continue;
    throw new CliError(`${JSON.stringify(record['id'] ?? 'an object')}: ${field} is missing`);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
