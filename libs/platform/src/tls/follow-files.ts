import { createLogger } from '../logging/logger.js';
import { type NamedFiles, readPemFiles } from './pem-files.js';

const CHECK_EVERY_MS = 10_000;

/**
 * Hands over the contents of PEM files, now and whenever they change, until it is stopped. Contents that are not PEM or that
 * `use` throws on are complained of and tried again: files that are being replaced can be empty, cut off or not fit together.
 * Compares contents, for mounted secrets are replaced by renaming their folder. @throws what `use` throws the first time,
 * SettingsError for a file that cannot be read or used then.
 */
export function followFiles(
  files: NamedFiles,
  use: (contents: Record<string, string>) => void,
  everyMs = CHECK_EVERY_MS,
): () => void {
  const log = createLogger('tls');
  let known = readPemFiles(files);
  use(known);
  let complaint = '';
  const timer = setInterval(() => {
    try {
      const found = readPemFiles(files);
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
