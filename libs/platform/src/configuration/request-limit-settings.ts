import { isIP } from 'node:net';
import { isNetwork } from './is-network.js';
import { Setting } from './setting.js';

/** What one caller may ask of the ports: how often, how much, how slowly. */
export class RequestLimitSettings {
  @Setting({
    env: 'OCPI_MAX_BODY_BYTES',
    kind: 'integer',
    min: 1024,
    max: 268_435_456,
    default: '5242880',
    description: 'The largest request body accepted; more gets HTTP 413.',
  })
  maxBodyBytes: number;

  @Setting({
    env: 'OCPI_MAX_URL_BYTES',
    kind: 'integer',
    min: 1024,
    max: 30_000,
    default: '8192',
    description: 'The longest path and query accepted; more gets HTTP 414.',
  })
  maxUrlBytes: number;

  @Setting({
    env: 'OCPI_HEADERS_TIMEOUT_MS',
    kind: 'integer',
    min: 100,
    max: 300_000,
    default: '15000',
    description:
      'How long a caller may take over the headers of a request, in milliseconds; then HTTP 408.',
  })
  headersTimeoutMs: number;

  @Setting({
    env: 'OCPI_REQUEST_TIMEOUT_MS',
    kind: 'integer',
    min: 100,
    max: 600_000,
    default: '60000',
    description: 'How long a caller may take over a whole request, in milliseconds; then HTTP 408.',
  })
  requestTimeoutMs: number;

  @Setting({
    env: 'OCPI_REQUESTS_PER_MINUTE',
    kind: 'integer',
    min: 0,
    max: 1_000_000,
    default: '12000',
    description:
      'Requests that one partner may make in a minute of each replica of `ocpi-api`; more gets HTTP 429 with Retry-After. 0: no limit. The versions list is not counted.',
  })
  requestsPerMinute: number;

  @Setting({
    env: 'OCPI_UNKNOWN_CALLS_PER_MINUTE',
    kind: 'integer',
    min: 0,
    max: 1_000_000,
    default: '120',
    description:
      'Requests without a known token that one address may make in a minute of each replica of `ocpi-api`; more gets HTTP 429. 0: no limit.',
  })
  unknownCallsPerMinute: number;

  @Setting({
    env: 'OCPI_TRUSTED_PROXIES',
    kind: 'list',
    default: '',
    defaultNote: 'none: the peer of the connection is the caller',
    description:
      'Addresses and networks (CIDR) of the proxies in front of the public port: the caller is the last address in X-Forwarded-For that is not one of them.',
  })
  trustedProxies: string[];
}

type Unchecked = { [K in keyof RequestLimitSettings]?: RequestLimitSettings[K] | undefined };

/** What no single value of them shows. */
export function requestLimitRequirements(settings: Unchecked): string[] {
  const { headersTimeoutMs = 0, requestTimeoutMs = Infinity, trustedProxies = [] } = settings;
  return [
    ...(headersTimeoutMs > requestTimeoutMs
      ? ['OCPI_HEADERS_TIMEOUT_MS must not exceed OCPI_REQUEST_TIMEOUT_MS']
      : []),
    ...trustedProxies
      .filter((entry) => isIP(entry) === 0 && !isNetwork(entry))
      .map((entry) => `OCPI_TRUSTED_PROXIES: ${entry} is neither an address nor a network`),
  ];
}
