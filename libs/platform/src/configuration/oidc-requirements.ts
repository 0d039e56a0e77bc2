import { type GatewaySettings } from './gateway-settings.js';

type Unchecked = {
  [K in 'environment' | 'oidcIssuer' | 'oidcAudience' | 'oidcRoles']?:
    GatewaySettings[K] | undefined;
};

/** What no single value of the OIDC settings shows. */
export function oidcRequirements(settings: Unchecked): string[] {
  const { environment, oidcIssuer, oidcAudience, oidcRoles } = settings;
  const isPlain = /^http:/i.test(oidcIssuer ?? '');
  return [
    ...(oidcIssuer !== undefined && oidcAudience === undefined
      ? ['OCPI_OIDC_AUDIENCE is required with OCPI_OIDC_ISSUER']
      : []),
    ...(isPlain && environment === 'production'
      ? ['OCPI_OIDC_ISSUER must be https in production']
      : []),
    ...(oidcRoles ?? [])
      .filter((entry) => !/^.+=(viewer|operator|admin)$/.test(entry))
      .map((entry) => `OCPI_OIDC_ROLES: ${entry} is not word=role with viewer, operator or admin`),
  ];
}
