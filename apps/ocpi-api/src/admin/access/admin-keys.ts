import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { followFiles, GatewaySettings, setFiles, SettingsError } from '#platform';
import { timingSafeEqual } from 'node:crypto';
import { digestOf, type NamedKey, readKeyLines } from './key-lines.js';
import { type Principal } from './principal.js';

const FILE = 'OCPI_ADMIN_KEYS_FILE';
const LOOK_EVERY_MS = 5000;

/**
 * The keys of the admin API: OCPI_ADMIN_KEY with the role admin, and those in the file OCPI_ADMIN_KEYS_FILE. A changed
 * file counts within seconds; one that cannot be read or understood leaves the keys as they were and is logged.
 */
@Injectable()
export class AdminKeys implements OnApplicationShutdown {
  private readonly own: NamedKey;
  private readonly stopFollowing: () => void;
  private fromFile: readonly NamedKey[] = [];

  /** @throws SettingsError for a file that cannot be read or understood. */
  constructor(settings: GatewaySettings) {
    this.own = { name: 'admin', role: 'admin', digest: digestOf(settings.adminKey) };
    this.stopFollowing = followFiles(
      setFiles({ [FILE]: settings.adminKeysFile }),
      ({ [FILE]: text = '' }) => (this.fromFile = keysIn(text)),
      { everyMs: LOOK_EVERY_MS },
    );
  }

  onApplicationShutdown(): void {
    this.stopFollowing();
  }

  /** Whose key this is. Takes the same time for every wrong one. */
  find(key: string): Principal | undefined {
    const digest = digestOf(key);
    let found: NamedKey | undefined;
    for (const candidate of [this.own, ...this.fromFile]) {
      if (timingSafeEqual(digest, candidate.digest)) found ??= candidate;
    }
    return found && { actor: `key:${found.name}`, role: found.role };
  }
}

function keysIn(text: string): NamedKey[] {
  const { keys, problems } = readKeyLines(text);
  if (problems.length === 0) return keys;
  throw new SettingsError(problems.map((problem) => `${FILE}, ${problem}`));
}
