import { Injectable } from '@nestjs/common';
import { type Connection, PartnerClient, type UrlRefusal } from '#partners';
import { createLogger } from '#platform';
import { LRUCache } from 'lru-cache';
import { setTimeout as sleep } from 'node:timers/promises';

/** No answer waits longer for DNS; the address is judged again when the callback is sent (P13). */
const PATIENCE_MS = 200;
const REMEMBERED_MS = 30_000;

/** Says where callbacks may go: to hosts that the connection is known by, and that are fit (CMD-24, TRN-03). */
@Injectable()
export class ResponseUrls {
  private readonly log = createLogger('commands');
  /** By origin; several commands to one host share a look-up, also one that hangs. */
  private readonly judged = new LRUCache<string, Promise<UrlRefusal | undefined>>({
    max: 1000,
    ttl: REMEMBERED_MS,
  });

  constructor(private readonly client: PartnerClient) {}

  /** Why no callback may go there, for the partner; undefined when one may. */
  async whyRefused(connection: Connection, url: string): Promise<string | undefined> {
    const target = URL.parse(url);
    if (!target) return 'not a URL';
    if (target.username !== '' || target.password !== '') return 'carries user information';
    if (!isKnownHost(connection, target.hostname)) return 'its host is none of yours';
    const refusal = await Promise.race([this.judge(target.origin), sleep(PATIENCE_MS, undefined)]);
    if (!refusal) return undefined;
    const { reason, cause } = refusal;
    this.log.warn({ connection: connection.id, reason, err: cause }, 'response_url refused');
    return reason;
  }

  private judge(origin: string): Promise<UrlRefusal | undefined> {
    const known = this.judged.get(origin);
    if (known) return known;
    const judgement = this.client.vetUrl(origin);
    this.judged.set(origin, judgement);
    // A refusal may pass, and is asked for anew.
    void judgement.then((refusal) => {
      if (refusal) this.judged.delete(origin);
    });
    return judgement;
  }
}

/** Hosts of its versions URL and endpoints, and those that the profile names. */
function isKnownHost(connection: Connection, hostname: string): boolean {
  const urls = [connection.versionsUrl, ...connection.endpoints.map(({ url }) => url)];
  if (urls.some((url) => url !== null && URL.parse(url)?.hostname === hostname)) return true;
  return connection.profile.responseUrlHosts.some((host) =>
    host.startsWith('*.')
      ? hostname.endsWith(host.slice(1).toLowerCase())
      : hostname === host.toLowerCase(),
  );
}
