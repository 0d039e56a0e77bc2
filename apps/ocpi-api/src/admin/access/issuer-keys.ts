import {
  createLocalJWKSet,
  errors,
  type CryptoKey,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
} from 'jose';

const FRESH_MS = 600_000;
/** Keys once read are used for so long where the issuer is away. */
const LASTING_MS = 3_600_000;
/** Between two readings, so that tokens with made-up key ids are no way to burden the issuer. */
const COOLDOWN_MS = 5000;
const TIMEOUT_MS = 5000;

type Lookup = (header?: JWSHeaderParameters, token?: FlattenedJWSInput) => Promise<CryptoKey>;

/** The issuer's keys are not known and cannot be read. */
export class IssuerUnavailableError extends Error {}

/**
 * The public keys of an OpenID Connect issuer, found by its discovery document. Read when first needed, after ten
 * minutes, and when a token names a key that is not among them.
 */
export class IssuerKeys {
  private lookup: Lookup | undefined;
  private readAt = -Infinity;
  private triedAt = -Infinity;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly issuer: string,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @throws IssuerUnavailableError; JWKSNoMatchingKey when the issuer has no such key. */
  async find(header?: JWSHeaderParameters, token?: FlattenedJWSInput): Promise<CryptoKey> {
    if (this.now() - this.readAt >= FRESH_MS) await this.read();
    try {
      return await this.known(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.read();
      return this.known(header, token);
    }
  }

  private known(header?: JWSHeaderParameters, token?: FlattenedJWSInput): Promise<CryptoKey> {
    if (!this.lookup) throw new IssuerUnavailableError('the keys of the issuer are not known');
    return this.lookup(header, token);
  }

  /** All who need the keys wait for one reading. */
  private read(): Promise<void> {
    if (this.reading) return this.reading;
    if (this.now() - this.triedAt < COOLDOWN_MS) return Promise.resolve();
    this.triedAt = this.now();
    this.reading = this.readNow().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  private async readNow(): Promise<void> {
    try {
      const jwksUri = await this.discover();
      this.lookup = createLocalJWKSet((await fetchJson(jwksUri)) as JSONWebKeySet);
      this.readAt = this.now();
    } catch (cause) {
      if (this.lookup && this.now() - this.readAt < LASTING_MS) return;
      this.lookup = undefined;
      throw new IssuerUnavailableError('the keys of the issuer cannot be read', { cause });
    }
  }

  private async discover(): Promise<string> {
    const { issuer, jwks_uri: uri } = (await fetchJson(
      `${this.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    )) as { issuer?: unknown; jwks_uri?: unknown };
    if (issuer !== this.issuer) throw new Error('the discovery document is of another issuer');
    if (typeof uri !== 'string' || !URL.canParse(uri)) throw new Error('it names no jwks_uri');
    if (this.issuer.startsWith('https:') && !uri.startsWith('https:')) {
      throw new Error('its jwks_uri is not https');
    }
    return uri;
  }
}

async function fetchJson(url: string): Promise<object> {
  const answer = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!answer.ok) throw new Error(`${url} answered HTTP ${answer.status}`);
  const body: unknown = await answer.json();
  if (typeof body !== 'object' || body === null) throw new Error(`${url} answered no object`);
  return body;
}
