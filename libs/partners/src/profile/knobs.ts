import { type OcpiVersion } from '#ocpi';
import { choice, flag, integer, list, type Knob, text } from './knob.js';

const MODULE_MODES = ['push', 'pull_only', 'off'] as const;

/**
 * Everything in which partners may differ (D5): default, what it does, and the check or chapter that asks for it. The
 * admin API refuses a name that is not here. A knob that nothing reads must not exist.
 */
export const KNOBS = {
  locationsPush: choice(
    ['patch', 'put', 'pull_only'],
    'patch',
    'How changes of Locations are pushed: PATCH where one can say it, PUT always, or not at all.',
    'LOC-18',
  ),
  tariffsPush: choice(
    MODULE_MODES,
    'push',
    'Tariffs are pushed, only pulled, or not offered to this partner.',
    'TER-04',
  ),
  sessionsPush: choice(
    MODULE_MODES,
    'push',
    'Sessions are pushed, only pulled, or not offered to this partner.',
    'TER-04',
  ),
  cdrsPush: choice(
    MODULE_MODES,
    'push',
    'CDRs are pushed, only pulled, or not offered to this partner.',
    'TER-04',
  ),
  cdrsOwed: flag(true, 'An unacknowledged CDR stays owed until acknowledged or parked.', 'TRN-68'),
  chargingProfiles: choice(
    ['own', 'all'],
    'own',
    'Whose Sessions the partner may limit by charging profiles: its own drivers’, or everybody’s, as an SCSP contracted by us, which is then told of all Sessions.',
    'CHP-35',
  ),
  profileRequestsPerMinute: integer(
    1,
    6000,
    30,
    'Requests about the charging profile of one Session that are taken on in a minute; the next is TOO_OFTEN.',
    'CHP-11',
  ),
  sessionsVerb: choice(
    ['patch', 'put_full'],
    'patch',
    'Session updates are a PATCH with what is new, or the whole Session by PUT.',
    'SES-14',
  ),
  catchUp: choice(
    ['push', 'wait_for_pull'],
    'push',
    'After an outage the partner gets the current state of what changed, or fetches it.',
    'TRN-66',
  ),
  sendParking: flag(true, 'Parking places are shown (2.3.0).', 'LOC-60'),
  acceptedServiceProviders: flag(
    false,
    'accepted_service_providers is shown; for access points only.',
    'LOC-62',
  ),
  firstEdition: flag(
    false,
    'The partner reads the first print of 2.3.0: address 45, state 20.',
    'LOC-40',
  ),
  asciiOnly: flag(true, 'Texts of 2.1.1 are transliterated to printable ASCII.', 'TYP-03'),
  postalCodePlaceholder: text(
    '-',
    'Stands where 2.1.1 demands a postal code and there is none.',
    'LOC-48',
  ),
  j3400AsTeslaS: flag(
    true,
    'SAE J3400 is shown as TESLA_S before 2.3.0; else the connector is withheld.',
    'TYP-16',
  ),
  plainData512: flag(false, 'plain_data of signed values is limited to 512 characters.', 'CHG-08'),
  pageLimitMax: integer(
    1,
    10_000,
    1000,
    'The most objects on a page we serve; the default is the setting OCPI_PAGE_LIMIT_MAX.',
    'TRN-23',
  ),
  requireDateFrom: flag(true, 'The list of Sessions demands date_from.', 'TRN-27'),
  strictOffsets: flag(
    false,
    'A DateTime with a numeric offset is refused instead of normalised.',
    'TYP-08',
  ),
  routingHeaders: flag(
    (version) => version !== '2.1.1',
    'The OCPI-to and OCPI-from headers are sent.',
    'TRN-52',
  ),
  inEncoding: choice(
    ['both', 'base64', 'plain'],
    'both',
    'How the partner may write its token in the Authorization header.',
    'TRN-08',
  ),
  outEncoding: choice(
    ['auto', 'base64', 'plain'],
    'auto',
    'How we write our token; auto: by the version, or by the probe before one is agreed.',
    'TRN-14',
  ),
  requestsPerMinute: integer(
    0,
    1_000_000,
    12_000,
    'Requests the partner may make in a minute of each replica, the versions list not counted; 0: no limit. The default is the setting OCPI_REQUESTS_PER_MINUTE.',
    'VER-15',
  ),
  clientCertificates: list(
    'SHA-256 fingerprint',
    /^([0-9a-f]{2}:?){31}[0-9a-f]{2}$/i,
    'Certificates of which the partner must show one, beside its token; only where the gateway itself terminates TLS (OCPI_TLS_CLIENT_CERTIFICATES).',
    'TRN-01',
  ),
  requiredModules: list(
    'identifier/ROLE',
    /^[a-z]+\/(SENDER|RECEIVER)$/,
    'Endpoints without which a registration fails, as `tokens/SENDER`.',
    'CRD-09',
  ),
  responseUrlHosts: list(
    'host or *.host',
    /^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i,
    'Hosts that a response_url may name beside those of the partner’s versions URL and endpoints.',
    'CMD-24',
  ),
  bareCommandWords: flag(
    false,
    'Answers to commands and their results are the word alone in 2.1.1, as before its second print.',
    'CHG-02',
  ),
  customModules: list(
    'identifier/ROLE=URL',
    /^[a-z]{2}[a-z0-9]{3}-[a-z0-9_-]+\/(SENDER|RECEIVER)=https?:\/\/\S+$/,
    'Modules beyond OCPI agreed with this partner, as `nlabc-heat/SENDER=https://…`, named after the party of ours that made them: listed in its version details, served elsewhere.',
    'VER-13',
  ),
  acceptEmptySuccess: flag(true, 'A 2xx answer without an envelope confirms a push.', 'STA-06'),
  concurrency: integer(
    1,
    256,
    8,
    'Requests in flight at once; the default is the setting OCPI_PUSH_CONCURRENCY.',
    'P5',
  ),
  timeoutMs: integer(
    100,
    300_000,
    10_000,
    'How long an answer may take; the default is the setting OCPI_PUSH_TIMEOUT_MS.',
    'P5',
  ),
  minBackoffMs: integer(
    10,
    600_000,
    1000,
    'First pause after a failure; doubles with each further one.',
    'TRN-66',
  ),
  maxBackoffMs: integer(10, 3_600_000, 300_000, 'Longest pause after failures.', 'TRN-66'),
  allowedTokens: choice(
    ['local', 'real_time'],
    'local',
    'Tokens with whitelist ALLOWED are decided here, or by the partner as long as it answers.',
    'TOK-19',
  ),
  authorizeUnknown: flag(
    false,
    'The partner is asked in real time about cards that no token list has; never on 2.1.1, whose answer does not say whom to bill.',
    'TOK-23',
  ),
  authorizeTimeoutMs: integer(
    100,
    30_000,
    3000,
    'How long an answer about a driver at a station may take; never beyond the deadline of the CSMS. Then the partner counts as out of reach.',
    'TOK-33',
  ),
  tokenPull: choice(
    ['pull', 'none'],
    'pull',
    'The partner’s tokens are pulled periodically, or only pushed.',
    'TOK-36',
  ),
  tokenPullIntervalSeconds: integer(
    1,
    604_800,
    3600,
    'Time between two pulls of changed tokens; the default is the setting OCPI_TOKEN_PULL_INTERVAL_SECONDS.',
    'TRN-16',
  ),
  tokenFullPullIntervalSeconds: integer(
    1,
    31_536_000,
    604_800,
    'Time between two complete pulls of tokens.',
    'TOK-38',
  ),
  tokenPullLimit: integer(1, 10_000, 1000, 'Page size we ask for when pulling tokens.', 'TRN-72'),
  tokenPullOverlapSeconds: integer(
    0,
    86_400,
    300,
    'Overlap of two pull windows with 2.1.1 partners.',
    'TRN-31',
  ),
} as const satisfies Record<string, Knob>;

export type KnobName = keyof typeof KNOBS;

type Widened<T> = T extends boolean ? boolean : T extends number ? number : T;
type ValueOf<K> = K extends Knob<infer T> ? Widened<T> : never;

/** All knobs of one connection, resolved. */
export type PartnerProfile = { -readonly [K in KnobName]: ValueOf<(typeof KNOBS)[K]> };

export const isKnob = (name: string): name is KnobName => Object.hasOwn(KNOBS, name);

/** The defaults of a version, before settings, preset and connection have their say. */
export function defaultProfile(version: OcpiVersion | null): PartnerProfile {
  const entries = Object.entries<Knob>(KNOBS).map(([name, { fallback }]): [string, unknown] => [
    name,
    typeof fallback === 'function'
      ? (fallback as (v: OcpiVersion | null) => unknown)(version)
      : fallback,
  ]);
  return Object.fromEntries(entries) as PartnerProfile;
}
