import { readFileSync } from 'node:fs';
import { SettingsError } from '../configuration/settings.error.js';

/** Files, or what they hold, by the setting that names them. */
export type NamedFiles = Readonly<Record<string, string>>;

/** Those of the files that are set. */
export const setFiles = (files: Readonly<Record<string, string | undefined>>): NamedFiles =>
  Object.fromEntries(
    Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );

/** What the files hold. @throws SettingsError that names the file */
export const readFiles = (files: NamedFiles): NamedFiles =>
  Object.fromEntries(
    Object.entries(files).map(([setting, file]) => [setting, contentsOf(setting, file)]),
  );

function contentsOf(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw refusedFile(setting, 'that cannot be read', file);
  }
}

export const refusedFile = (setting: string, fault: string, file: string): SettingsError =>
  new SettingsError([`${setting} names a file ${fault}: ${file}`]);
