import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { asyncApiDocument } from './asyncapi.js';
import { EVENT_TYPES } from './event-types.js';

/** The document's text, with the examples of the folder given. */
export function asyncApiText(examplesFolder: string): string {
  const examples = Object.fromEntries(
    Object.keys(EVENT_TYPES).map((name) => [name, readExample(examplesFolder, name)]),
  );
  return `${JSON.stringify(asyncApiDocument(examples), null, 2)}\n`;
}

/** The example of a message: `ocpi.cdr.issued.v1` lies in `cdr.issued.json`. */
export const readExample = (folder: string, type: string): unknown =>
  JSON.parse(readFileSync(`${folder}/${type.replace(/^ocpi\.|\.v1$/g, '')}.json`, 'utf8'));

// Run from the project's root: writes docs/api/csms.asyncapi.json.
if (process.argv[1]?.endsWith('asyncapi-cli.js')) {
  const target = process.argv[2] ?? 'docs/api/csms.asyncapi.json';
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, asyncApiText('libs/csms-contract/examples'));
}
