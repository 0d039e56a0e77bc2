import { Setting } from './setting.js';

/** Who may use the admin API, and how long it is remembered what was done. */
export class AdminAccessSettings {
  @Setting({
    env: 'OCPI_ADMIN_KEYS_FILE',
    kind: 'text',
    defaultNote: 'none: OCPI_ADMIN_KEY alone',
    description:
      'A file with further admin keys, one `name role key` a line; a change of it counts within seconds.',
  })
  adminKeysFile?: string;

  @Setting({
    env: 'OCPI_OIDC_ISSUER',
    kind: 'url',
    protocols: ['http', 'https'],
    defaultNote: 'none: keys alone',
    description: 'The OpenID Connect issuer whose tokens the admin API takes, as `iss` has it.',
  })
  oidcIssuer?: string;

  @Setting({
    env: 'OCPI_OIDC_AUDIENCE',
    kind: 'text',
    defaultNote: 'none; OCPI_OIDC_ISSUER needs it',
    description: 'What `aud` of a token must hold.',
  })
  oidcAudience?: string;

  @Setting({
    env: 'OCPI_OIDC_ROLES_CLAIM',
    kind: 'text',
    default: 'roles',
    description:
      'The claim with roles or groups; a path such as `realm_access.roles` reaches into objects.',
  })
  oidcRolesClaim: string;

  @Setting({
    env: 'OCPI_OIDC_ROLES',
    kind: 'list',
    default: 'viewer=viewer,operator=operator,admin=admin',
    description:
      'What the words of that claim give: `word=role`, the role one of viewer, operator, admin.',
  })
  oidcRoles: string[];

  @Setting({
    env: 'OCPI_OIDC_NAME_CLAIM',
    kind: 'text',
    default: 'preferred_username',
    description: 'The claim by which the audit log names people; `sub` where a token lacks it.',
  })
  oidcNameClaim: string;

  @Setting({
    env: 'OCPI_AUDIT_RETENTION_DAYS',
    kind: 'integer',
    min: 30,
    max: 36_500,
    default: '400',
    description: 'How long the audit log is kept.',
  })
  auditRetentionDays: number;
}
