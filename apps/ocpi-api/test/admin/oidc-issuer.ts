import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

/** An OpenID Connect issuer on a real port, with real keys. */
export class OidcIssuer {
  /** How often its keys were read. */
  reads = 0;
  private server: Server | undefined;
  private port = 0;

  private constructor(
    private pair: KeyPair,
    private jwk: JWK & { kid: string },
  ) {}

  static async start(): Promise<OidcIssuer> {
    const { pair, jwk } = await newKey();
    const issuer = new OidcIssuer(pair, jwk);
    await issuer.listen();
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/realms/charging`;
  }

  get publicKey(): KeyPair['publicKey'] {
    return this.pair.publicKey;
  }

  get keyId(): string {
    return this.jwk.kid;
  }

  /** Signs with another key from now on and no longer shows the old one. */
  async rotate(): Promise<void> {
    Object.assign(this, await newKey());
  }

  /** One that `expires` after so much; null: never. */
  token(
    claims: Record<string, unknown> = {},
    given: { issuer?: string; audience?: string; expires?: string | null } = {},
  ): Promise<string> {
    const { issuer = this.url, audience = 'ocpi-gateway', expires = '5min' } = given;
    const token = new SignJWT({ sub: 'user-1', roles: ['viewer'], ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: this.jwk.kid })
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt();
    if (expires !== null) token.setExpirationTime(expires);
    return token.sign(this.pair.privateKey);
  }

  async listen(): Promise<void> {
    const server = createServer((request, response) => {
      const isDiscovery = request.url === '/realms/charging/.well-known/openid-configuration';
      if (!isDiscovery) this.reads += 1;
      const body = isDiscovery
        ? { issuer: this.url, jwks_uri: `${this.url}/certs` }
        : { keys: [this.jwk] };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const { server } = this;
    server?.closeAllConnections();
    await new Promise((resolve) => server?.close(resolve));
  }
}

async function newKey() {
  const pair = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: randomUUID(), alg: 'RS256' };
  return { pair, jwk };
}
