import { Injectable } from '@nestjs/common';
import { storable } from '#audit';
import { createLogger, GatewaySettings } from '#platform';
import { errors, type JWTPayload, jwtVerify, type JWTVerifyOptions } from 'jose';
import { type AdminRole, highestOf, isAdminRole } from './admin-role.js';
import { IssuerKeys, IssuerUnavailableError } from './issuer-keys.js';
import { type Principal } from './principal.js';

/** Signatures that nobody without the issuer's private key can make. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** How far the issuer's clock may be off ours. */
const CLOCK_SKEW_SECONDS = 30;

export type SignIn =
  | { kind: 'principal'; principal: Principal }
  /** `isGuess`: nothing shows that the issuer ever signed it. */
  | { kind: 'refused'; reason: string; isGuess: boolean }
  | { kind: 'unavailable' };

/** Bearer tokens of an OpenID Connect issuer, where one is set (OCPI_OIDC_ISSUER). */
@Injectable()
export class TokenSignIn {
  private readonly log = createLogger('admin');
  private readonly issuer: { keys: IssuerKeys; expected: JWTVerifyOptions } | undefined;
  private readonly roles: ReadonlyMap<string, AdminRole>;

  constructor(private readonly settings: GatewaySettings) {
    const { oidcIssuer, oidcAudience, oidcRoles } = settings;
    this.roles = rolesByWord(oidcRoles);
    if (oidcIssuer === undefined || oidcAudience === undefined) return;
    this.issuer = {
      keys: new IssuerKeys(oidcIssuer),
      expected: {
        algorithms: ALGORITHMS,
        issuer: oidcIssuer,
        audience: oidcAudience,
        clockTolerance: CLOCK_SKEW_SECONDS,
        requiredClaims: ['exp', 'sub'],
      },
    };
  }

  /** Undefined: this is no token, or no issuer is set. */
  async signIn(token: string): Promise<SignIn | undefined> {
    if (!this.issuer || !/^[\w-]+\.[\w-]+\.[\w-]*$/.test(token)) return undefined;
    const { keys, expected } = this.issuer;
    try {
      const { payload } = await jwtVerify(token, (header, jws) => keys.find(header, jws), expected);
      return this.principalOf(payload);
    } catch (error) {
      if (error instanceof IssuerUnavailableError) {
        this.log.error({ err: error.cause ?? error }, error.message);
        return { kind: 'unavailable' };
      }
      return refusalOf(error);
    }
  }

  /** Whoever has no name is not let in: the audit log could not say who it was. */
  private principalOf(payload: JWTPayload): SignIn {
    const subject = nameIn(payload.sub);
    if (subject === undefined) return notForUs('sub');
    const called = nameIn(claimAt(payload, this.settings.oidcNameClaim)) ?? subject;
    const words = wordsOf(claimAt(payload, this.settings.oidcRolesClaim));
    const role = highestOf(words.flatMap((word) => this.roles.get(word) ?? []));
    return { kind: 'principal', principal: { actor: `oidc:${called}`, role } };
  }
}

/** `our-admins=admin`: the word of the claim, and what it gives. */
function rolesByWord(entries: readonly string[]): Map<string, AdminRole> {
  const roles = new Map<string, AdminRole>();
  for (const entry of entries) {
    const at = entry.lastIndexOf('=');
    const role = entry.slice(at + 1);
    if (at > 0 && isAdminRole(role)) roles.set(entry.slice(0, at), role);
  }
  return roles;
}

/** A claim by its whole name, which may hold dots, or else by the path to it: `realm_access.roles`. */
function claimAt(payload: JWTPayload, path: string): unknown {
  if (path in payload) return payload[path];
  let value: unknown = payload;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** A claim that names somebody, as the audit log keeps it. Tokens may hold anything, whatever their type says. */
function nameIn(claim: unknown): string | undefined {
  const name = typeof claim === 'string' ? storable(claim).trim() : '';
  return name === '' ? undefined : name;
}

/** A list, or one text with blanks between, as in `scope`. */
function wordsOf(claim: unknown): string[] {
  if (typeof claim === 'string') return claim.split(' ');
  if (!Array.isArray(claim)) return [];
  return claim.filter((word): word is string => typeof word === 'string');
}

function refusalOf(error: unknown): SignIn {
  if (error instanceof errors.JWTExpired) {
    return { kind: 'refused', reason: 'the token has expired', isGuess: false };
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return notForUs(error.claim);
  }
  if (error instanceof errors.JOSEAlgNotAllowed) {
    return {
      kind: 'refused',
      reason: 'the token is signed by an algorithm that is not taken',
      isGuess: true,
    };
  }
  return { kind: 'refused', reason: 'the token is not signed by the issuer', isGuess: true };
}

const notForUs = (claim: string): SignIn => ({
  kind: 'refused',
  reason: `the token is not for us: its claim "${claim}" does not fit`,
  isGuess: false,
});
