import { createLogger } from '../logging/logger.js';
import { type NamedFiles, readFiles } from './named-files.js';

const CHECK_EVERY_MS = 10_000;

export interface FollowOptions {
  /** How files are read where their contents have to be of a kind. */
  read?: (files: NamedFiles) => NamedFiles;
  everyMs?: number | undefined;
}

/**
 * Hands over what files hold, now and whenever it changes, until it is stopped. Contents that `read` or `use` throw on are complained of and
 * tried again: files that are being replaced can be empty, cut off or not fit together. Compares contents, for mounted secrets are replaced
 * by renaming their folder. @throws what `read` and `use` throw the first time.
 */
export function followFiles(
  files: NamedFiles,
  use: (contents: NamedFiles) => void,
  { read = readFiles, everyMs = CHECK_EVERY_MS }: FollowOptions = {},
): () => void {
  const log = createLogger('files');
  let known = read(files);
  use(known);
  let complaint = '';
  const timer = setInterval(() => {
    try {
      const found = read(files);
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
