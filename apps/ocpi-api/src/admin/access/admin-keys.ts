import { Injectable } from '@nestjs/common';
import { createLogger, GatewaySettings, SettingsError } from '#platform';
import { timingSafeEqual } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { digestOf, type NamedKey, readKeyLines } from './key-lines.js';
import { type Principal } from './principal.js';

const LOOK_EVERY_MS = 5000;

/**
 * The keys of the admin API: OCPI_ADMIN_KEY with the role admin, and those in the file OCPI_ADMIN_KEYS_FILE. A changed
 * file counts within seconds; one that cannot be read or understood leaves the keys as they were and is logged.
 */
@Injectable()
export class AdminKeys {
  private readonly log = createLogger('admin');
  private readonly own: NamedKey;
  private readonly path: string | undefined;
  private fromFile: NamedKey[] = [];
  private print = '';
  private lookedAt = 0;

  /** @throws SettingsError for a file that cannot be read or understood. */
  constructor(settings: GatewaySettings) {
    this.own = { name: 'admin', role: 'admin', digest: digestOf(settings.adminKey) };
    this.path = settings.adminKeysFile;
    if (this.path !== undefined) this.fromFile = this.load(this.path);
  }

  /** Whose key this is. Takes the same time for every wrong one. */
  find(key: string): Principal | undefined {
    this.refresh();
    const digest = digestOf(key);
    let found: NamedKey | undefined;
    for (const candidate of [this.own, ...this.fromFile]) {
      if (timingSafeEqual(digest, candidate.digest)) found ??= candidate;
    }
    return found && { actor: `key:${found.name}`, role: found.role };
  }

  private refresh(): void {
    if (this.path === undefined || Date.now() - this.lookedAt < LOOK_EVERY_MS) return;
    try {
      this.lookedAt = Date.now();
      if (printOf(this.path) === this.print) return;
      this.fromFile = this.load(this.path);
      this.log.info({ keys: this.fromFile.length }, 'admin keys read anew');
    } catch (error) {
      this.log.error({ err: error }, 'the changed OCPI_ADMIN_KEYS_FILE is not used');
    }
  }

  private load(path: string): NamedKey[] {
    let text: string;
    try {
      this.print = printOf(path);
      text = readFileSync(path, 'utf8');
    } catch {
      throw new SettingsError(['OCPI_ADMIN_KEYS_FILE names a file that cannot be read']);
    }
    const { keys, problems } = readKeyLines(text);
    if (problems.length > 0) {
      throw new SettingsError(problems.map((problem) => `OCPI_ADMIN_KEYS_FILE, ${problem}`));
    }
    return keys;
  }
}

/** Changes with the file, also where it is a link to another one, as Kubernetes mounts secrets. */
function printOf(path: string): string {
  const { ino, size, mtimeMs } = statSync(path);
  return `${ino} ${size} ${mtimeMs}`;
}
