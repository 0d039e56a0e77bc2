import { readFileSync } from 'node:fs';
import { SettingsError } from '../configuration/settings.error.js';
import { createLogger } from '../logging/logger.js';

const CHECK_EVERY_MS = 10_000;

/** Files by the setting that names them. */
export type NamedFiles = Readonly<Record<string, string>>;

/**
 * Hands over the contents of files, now and whenever they change, until it is stopped. Contents that `use` throws on are
 * complained of and tried again: while a certificate and its key are being replaced, they do not fit together.
 * Compares contents, for mounted secrets are replaced by renaming their folder. @throws what `use` throws the first time,
 * SettingsError for a file that cannot be read then.
 */
export function followFiles(
  files: NamedFiles,
  use: (contents: Record<string, string>) => void,
  everyMs = CHECK_EVERY_MS,
): () => void {
  const log = createLogger('tls');
  let known = readAll(files);
  use(known);
  let complaint = '';
  const timer = setInterval(() => {
    try {
      const found = readAll(files);
      if (Object.keys(found).every((name) => found[name] === known[name])) return;
      use(found);
      known = found;
      complaint = '';
      log.info({ files: Object.values(files) }, 'replaced files are in use');
    } catch (error) {
      const message = String(error);
      if (message !== complaint) log.error({ err: error }, 'replaced files cannot be used yet');
      complaint = message;
    }
  }, everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

function readAll(files: NamedFiles): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([setting, file]) => {
      try {
        return [setting, readFileSync(file, 'utf8')];
      } catch {
        throw new SettingsError([`${setting} names a file that cannot be read: ${file}`]);
      }
    }),
  );
}

/** Those of the files that are set. */
export const setFiles = (files: Readonly<Record<string, string | undefined>>): NamedFiles =>
  Object.fromEntries(
    Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
