import { Injectable } from '@nestjs/common';
import { OcpiError } from '#ocpi';
import { type Connection, hashToken } from '#partners';
import { createLogger, GatewaySettings, Metrics, SourceAddresses } from '#platform';
import { type FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { type OcpiPath } from './ocpi-path.js';
import { RequestRate } from './request-rate.js';

/** A partner that calls once a day is still known. */
const KNOWN_FOR_MS = 36 * 3_600_000;

/**
 * How often partners and strangers may call; counted by this replica alone. A stranger's limit never keeps a partner out
 * whose token was good lately, even where a proxy lends all callers one address.
 */
@Injectable()
export class RequestLimits {
  private readonly log = createLogger('limits');
  private readonly partners = new RequestRate();
  private readonly strangers = new RequestRate();
  private readonly knownTokens = new LRUCache<string, true>({ max: 10_000, ttl: KNOWN_FOR_MS });
  private readonly sources: SourceAddresses;

  constructor(
    private readonly settings: GatewaySettings,
    private readonly metrics: Metrics,
  ) {
    this.sources = new SourceAddresses(settings.trustedProxies);
  }

  /** Before a token is looked up: guessing costs the database nothing. @throws OcpiError 429 */
  beforeLookUp({ raw }: FastifyRequest, tokens: readonly string[]): void {
    const { unknownCallsPerMinute: most } = this.settings;
    const seconds = this.strangers.wait(this.sources.of(raw), most);
    if (seconds === 0 || tokens.some((token) => this.knownTokens.has(keyOf(token)))) return;
    this.refuse('unknown', '', seconds);
  }

  /** A request whose token, if any, nobody has. */
  countStranger({ raw }: FastifyRequest): void {
    const { unknownCallsPerMinute: most } = this.settings;
    const source = this.sources.of(raw);
    this.strangers.take(source, most);
    if (this.strangers.wait(source, most) > 0) {
      this.log.warn({ source }, 'an address calls too often without a known token');
    }
  }

  /** A request of a partner; reading the versions list is always free (VER-15). @throws OcpiError 429 */
  countPartner({ id, profile }: Connection, token: string, { resource }: OcpiPath): void {
    this.knownTokens.set(keyOf(token), true);
    if (resource === 'versions') return;
    const seconds = this.partners.take(id, profile.requestsPerMinute);
    if (seconds > 0) this.refuse('partner', id, seconds);
  }

  private refuse(caller: string, connection: string, seconds: number): never {
    this.metrics.requestsLimitedTotal.inc({ caller, connection });
    throw OcpiError.tooManyRequests(seconds);
  }
}

const keyOf = (token: string): string => hashToken(token).toString('base64');
