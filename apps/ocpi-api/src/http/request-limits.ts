import { Injectable } from '@nestjs/common';
import { OcpiError } from '#ocpi';
import { type Connection } from '#partners';
import { createLogger, GatewaySettings, Metrics, SourceAddresses } from '#platform';
import { type FastifyRequest } from 'fastify';
import { KnownTokens } from './known-tokens.js';
import { type OcpiPath } from './ocpi-path.js';
import { RequestRate } from './request-rate.js';
import { SpareLookUps } from './spare-look-ups.js';

/** For tokens that were issued a moment ago; too few for the database to notice, whoever takes them. */
const SPARE_LOOK_UPS_PER_SECOND = 5;

/**
 * How often partners and strangers may call; counted by this replica alone. A stranger's limit never keeps a partner out,
 * even where a proxy lends all callers one address.
 */
@Injectable()
export class RequestLimits {
  private readonly log = createLogger('limits');
  private readonly partners = new RequestRate();
  private readonly strangers = new RequestRate();
  private readonly spare = new SpareLookUps(SPARE_LOOK_UPS_PER_SECOND);
  private readonly sources: SourceAddresses;

  constructor(
    private readonly settings: GatewaySettings,
    private readonly metrics: Metrics,
    private readonly known: KnownTokens,
  ) {
    this.sources = new SourceAddresses(settings.trustedProxies);
  }

  /** Before a token is looked up: a flood of guesses costs the database next to nothing. @throws OcpiError 429 */
  beforeLookUp({ raw }: FastifyRequest, tokens: readonly string[]): void {
    const { unknownCallsPerMinute: most } = this.settings;
    const seconds = this.strangers.wait(this.sources.of(raw), most);
    if (seconds === 0 || tokens.some((token) => this.known.has(token))) return;
    if (tokens.length > 0 && this.spare.take()) return;
    this.refuse('unknown', '', seconds);
  }

  /** A request whose tokens, if any, nobody has. @throws OcpiError 429 */
  countStranger({ raw }: FastifyRequest, tokens: readonly string[]): void {
    for (const token of tokens) this.known.forget(token);
    const { unknownCallsPerMinute: most } = this.settings;
    const source = this.sources.of(raw);
    const seconds = this.strangers.take(source, most);
    if (seconds > 0) this.refuse('unknown', '', seconds);
    if (this.strangers.wait(source, most) > 0) {
      this.log.warn({ source }, 'an address calls too often without a known token');
    }
  }

  /** A request of a partner; reading the versions list is always free (VER-15). @throws OcpiError 429 */
  countPartner({ id, profile }: Connection, { resource }: OcpiPath): void {
    if (resource === 'versions') return;
    const seconds = this.partners.take(id, profile.requestsPerMinute);
    if (seconds > 0) this.refuse('partner', id, seconds);
  }

  private refuse(caller: string, connection: string, seconds: number): never {
    this.metrics.requestsLimitedTotal.inc({ caller, connection });
    throw OcpiError.tooManyRequests(seconds);
  }
}
