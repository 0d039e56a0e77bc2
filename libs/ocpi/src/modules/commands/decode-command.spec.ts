import { OCPI_VERSIONS, type OcpiVersion } from '../../types/ocpi-version.js';
import { encodeToken } from '../tokens/decode-token.js';
import { type Token } from '../tokens/token.js';
import { type Command, type ReserveNow } from './command.js';
import { checkExpiry } from './command-rules.js';
import { COMMAND_TYPES, findCommandType, type KnownCommandType } from './command-type.js';
import { type CommandOrigin, decodeCommand } from './decode-command.js';

const sender = { country_code: 'NL', party_id: 'TNM' };
const token: Token = {
  ...sender,
  uid: '04A1B2C3',
  type: 'RFID',
  contract_id: 'NL-TNM-C00000001-X',
  issuer: 'TheNewMotion',
  valid: false,
  whitelist: 'NEVER',
  last_updated: '2026-03-01T10:00:00Z',
};
const response_url = 'https://emsp.example/Results/1?Q=%7e%2F&x=1';

/** The canonical bodies, with everything that they can say. */
const BODIES = {
  CANCEL_RESERVATION: { response_url, reservation_id: 'R1' },
  RESERVE_NOW: {
    response_url,
    token,
    expiry_date: '2026-05-01T10:00:00Z',
    reservation_id: 'R1',
    location_id: 'LOC1',
    evse_uid: 'E1',
    authorization_reference: 'A1',
  },
  START_SESSION: {
    response_url,
    token,
    location_id: 'LOC1',
    evse_uid: 'E1',
    connector_id: '1',
    authorization_reference: 'A1',
  },
  STOP_SESSION: { response_url, session_id: 'S1' },
  UNLOCK_CONNECTOR: { response_url, location_id: 'LOC1', evse_uid: 'E1', connector_id: '1' },
};

/** A body as a partner on the version sends it; a change of `undefined` leaves the field out. */
function wire(version: OcpiVersion, type: KnownCommandType, changes: object = {}): object {
  const body: Record<string, unknown> = { ...BODIES[type] };
  if ('token' in body) body.token = encodeToken(version, token);
  if (version === '2.1.1' && type === 'RESERVE_NOW') body.reservation_id = 12;
  return Object.fromEntries(
    Object.entries({ ...body, ...changes }).filter(([, value]) => value !== undefined),
  );
}

const read = (
  version: OcpiVersion,
  type: KnownCommandType,
  body: unknown,
  origin: Partial<CommandOrigin> = {},
) => decodeCommand(version, type, body, { sender, ...origin });
const received = (...args: Parameters<typeof read>) => {
  const decoded = read(...args);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.errors));
  return decoded.value;
};
const command = (...args: Parameters<typeof read>): Command => received(...args).command;
const paths = (...args: Parameters<typeof read>): string[] => {
  const decoded = read(...args);
  return decoded.ok ? [] : decoded.errors.map(({ path }) => path);
};
const known = (version: OcpiVersion) =>
  COMMAND_TYPES.filter((type) => findCommandType(version, type) !== undefined);
const EVERY = OCPI_VERSIONS.flatMap((version) =>
  known(version).map((type) => [version, type] as const),
);

describe('findCommandType', () => {
  it('CMD-05 (partial: it is told apart from a command) [2.1.1]: reservations cannot be cancelled', () => {
    expect(findCommandType('2.1.1', 'CANCEL_RESERVATION')).toBeUndefined();
    expect(known('2.1.1')).toHaveLength(4);
    expect(known('2.2.1')).toEqual(COMMAND_TYPES);
    expect(known('2.3.0')).toEqual(COMMAND_TYPES);
    expect(read('2.1.1', 'CANCEL_RESERVATION', BODIES.CANCEL_RESERVATION).ok).toBe(false);
  });

  it.each(OCPI_VERSIONS)(
    'CMD-06 (partial: it is told apart from a bad body), TYP-04 (partial: names of commands) [%s]: other names are no commands',
    (version) => {
      for (const name of ['DE-ABC-REBOOT', 'start_session', '', 'constructor', '__proto__']) {
        expect(findCommandType(version, name)).toBeUndefined();
      }
    },
  );
});

describe('decodeCommand', () => {
  it.each(['2.2.1', '2.3.0'] as const)(
    'CMD-04 (partial: the body of each command) [%s]: all fields come through',
    (version) => {
      for (const type of COMMAND_TYPES) {
        expect(command(version, type, wire(version, type))).toEqual({ type, body: BODIES[type] });
      }
    },
  );

  it('CMD-04 (partial: the body of each command), CMD-43 (partial: the sender is taken as owner) [2.1.1]: fields of later versions are not read', () => {
    const { connector_id, authorization_reference, ...start } = BODIES.START_SESSION;
    const reserve = { ...BODIES.RESERVE_NOW, reservation_id: '12' };
    const { authorization_reference: _, ...reserved } = reserve;
    const at = (type: KnownCommandType) => command('2.1.1', type, wire('2.1.1', type)).body;
    expect(at('START_SESSION')).toEqual(start);
    expect(at('RESERVE_NOW')).toEqual(reserved);
    expect(at('STOP_SESSION')).toEqual(BODIES.STOP_SESSION);
    expect(at('UNLOCK_CONNECTOR')).toEqual(BODIES.UNLOCK_CONNECTOR);
  });

  it.each(EVERY)(
    'CMD-04 (partial: the body of each command), CMD-07 (partial: incomplete bodies), CMD-68 (partial: the body) [%s]: %s without any of its mandatory fields is refused',
    (version, type) => {
      const optional = ['evse_uid', 'connector_id', 'authorization_reference'];
      const required = Object.keys(BODIES[type]).filter(
        (field) => type === 'UNLOCK_CONNECTOR' || !optional.includes(field),
      );
      for (const field of required) {
        expect(paths(version, type, wire(version, type, { [field]: undefined }))).toEqual([field]);
        expect(paths(version, type, wire(version, type, { [field]: null }))).toEqual([field]);
      }
      const other = type === 'STOP_SESSION' ? 'START_SESSION' : 'STOP_SESSION';
      expect(read(version, type, wire(version, other)).ok).toBe(false);
      for (const body of [undefined, null, [], 'x', 1]) {
        expect(read(version, type, body).ok).toBe(false);
      }
    },
  );

  it.each(EVERY)(
    'CMD-09, TRN-50 [%s]: unknown fields of %s, also in its token, change nothing',
    (version, type) => {
      const body = wire(version, type, { foo: 1, constructor: 1 }) as { token?: object };
      if (body.token) body.token = { ...body.token, foo: { bar: 1 } };
      expect(command(version, type, body)).toEqual(command(version, type, wire(version, type)));
    },
  );

  it.each(EVERY)(
    'CMD-24 (partial: what is well formed), CMD-17 (partial: the URL is kept byte by byte) [%s]: the response_url of %s',
    (version, type) => {
      const url = (text: unknown) => wire(version, type, { response_url: text });
      const long = (length: number) => 'https://emsp.example/'.padEnd(length, 'x');
      expect(command(version, type, url(response_url)).body.response_url).toBe(response_url);
      expect(paths(version, type, url(long(255)))).toEqual([]);
      const bad = [long(256), 'ftp://emsp.example/1', '/results/1', 'https://', 'http://[', '', 7];
      for (const text of [...bad, 'https://emsp.example/a b', 'https://emsp.example/\n']) {
        expect(paths(version, type, url(text))).toEqual(['response_url']);
      }
      expect(paths(version, type, url('http://169.254.169.254/'))).toEqual([]);
    },
  );

  it.each(OCPI_VERSIONS)(
    'CMD-39 (partial: nothing is looked up), CMD-70 (partial: nothing is looked up) [%s]: an invalid token is read like any other, a broken one is refused',
    (version) => {
      expect(command(version, 'START_SESSION', wire(version, 'START_SESSION')).body).toMatchObject({
        token: { ...sender, valid: false, whitelist: 'NEVER' },
      });
      const broken = { ...encodeToken(version, token), issuer: undefined };
      expect(
        paths(version, 'START_SESSION', wire(version, 'START_SESSION', { token: broken })),
      ).toEqual(['token.issuer']);
      expect(paths(version, 'RESERVE_NOW', wire(version, 'RESERVE_NOW', { token: 'T' }))).toEqual([
        'token',
      ]);
    },
  );

  it('CMD-43 (partial: both parties can be compared) [2.2.1+]: a foreign token keeps its owner', () => {
    const foreign = { ...token, country_code: 'DE', party_id: 'XXX' };
    const body = wire('2.2.1', 'START_SESSION', { token: foreign });
    expect(command('2.2.1', 'START_SESSION', body).body).toMatchObject({ token: foreign });
  });

  it.each(['2.2.1', '2.3.0'] as const)(
    'CMD-45 (partial: where it may stand) [%s]: the reference is read beside the token, else inside it',
    (version) => {
      for (const type of ['START_SESSION', 'RESERVE_NOW'] as const) {
        const reference = (beside: unknown, inside: unknown) => {
          const nested = { ...encodeToken(version, token), authorization_reference: inside };
          return wire(version, type, { token: nested, authorization_reference: beside });
        };
        const at = (beside: unknown, inside: unknown) =>
          (command(version, type, reference(beside, inside)).body as ReserveNow)
            .authorization_reference;
        expect(at('A', undefined)).toBe('A');
        expect(at(undefined, 'B')).toBe('B');
        expect(at(null, 'B')).toBe('B');
        expect(at('A', 'B')).toBe('A');
        expect(at(undefined, undefined)).toBeUndefined();
        expect(paths(version, type, reference(undefined, 'x'.repeat(37)))).toEqual([
          'authorization_reference',
        ]);
      }
    },
  );

  it.each(['2.2.1', '2.3.0'] as const)(
    'SES-50 (partial: commands) [%s]: ids and references have at most 36 characters',
    (version) => {
      for (const type of COMMAND_TYPES) {
        const ids = Object.keys(BODIES[type]).filter((field) => /_(id|uid|reference)$/.test(field));
        for (const field of ids) {
          const body = (length: number) => wire(version, type, { [field]: 'x'.repeat(length) });
          expect(paths(version, type, body(36))).toEqual([]);
          expect(paths(version, type, body(37))).toEqual([field]);
        }
      }
    },
  );

  it('SES-50 (partial: commands) [2.1.1]: ids of Locations and EVSEs have at most 39 characters', () => {
    for (const field of ['location_id', 'evse_uid']) {
      for (const type of ['START_SESSION', 'RESERVE_NOW', 'UNLOCK_CONNECTOR'] as const) {
        const body = (length: number) => wire('2.1.1', type, { [field]: 'x'.repeat(length) });
        expect(paths('2.1.1', type, body(39))).toEqual([]);
        expect(paths('2.1.1', type, body(40))).toEqual([field]);
      }
    }
  });

  it.each(['2.2.1', '2.3.0'] as const)(
    'CMD-36 (partial: the body) [%s]: a connector needs its EVSE',
    (version) => {
      const body = wire(version, 'START_SESSION', { evse_uid: undefined });
      expect(paths(version, 'START_SESSION', body)).toEqual(['evse_uid']);
      const neither = { evse_uid: undefined, connector_id: undefined };
      expect(paths(version, 'START_SESSION', wire(version, 'START_SESSION', neither))).toEqual([]);
    },
  );

  it.each([
    ['2.1.1', 12, []],
    ['2.1.1', -3, []],
    ['2.1.1', '12', ['reservation_id']],
    ['2.1.1', 1.5, ['reservation_id']],
    ['2.1.1', 1e21, ['reservation_id']],
    ['2.2.1', 12, ['reservation_id']],
    ['2.2.1', '12', []],
    ['2.3.0', 12, ['reservation_id']],
    ['2.3.0', 'r-12', []],
  ] as const)(
    'CMD-53 (partial: the body) [%s]: a reservation_id of %p is refused at %p',
    (version, reservation_id, refusal) => {
      const body = wire(version, 'RESERVE_NOW', { reservation_id });
      expect(paths(version, 'RESERVE_NOW', body)).toEqual(refusal);
    },
  );

  it.each(OCPI_VERSIONS)(
    'CMD-56 (partial: reading it), TYP-07, TYP-08 [%s]: the expiry is an instant in UTC, whatever way it is written',
    (version) => {
      const expiry = (expiry_date: string) => {
        const body = wire(version, 'RESERVE_NOW', { expiry_date });
        const { command, deviations } = received(version, 'RESERVE_NOW', body);
        return [(command.body as ReserveNow).expiry_date, ...deviations];
      };
      expect(expiry('2026-05-01T10:00:00')).toEqual(['2026-05-01T10:00:00Z']);
      expect(expiry('2026-05-01T10:00:00.500Z')).toEqual(['2026-05-01T10:00:00.500Z']);
      expect(expiry('2026-05-01T10:00:00+02:00')).toEqual([
        '2026-05-01T08:00:00Z',
        'numeric_offset',
      ]);
      expect(expiry('2026-05-01T10:00:00+00:00')).toEqual([
        '2026-05-01T10:00:00Z',
        'numeric_offset',
      ]);
      const body = wire(version, 'RESERVE_NOW', { expiry_date: '2026-05-01T10:00:00+02:00' });
      expect(paths(version, 'RESERVE_NOW', body, { strictOffsets: true })).toEqual(['expiry_date']);
      const bad = wire(version, 'RESERVE_NOW', { expiry_date: 'tomorrow' });
      expect(paths(version, 'RESERVE_NOW', bad)).toEqual(['expiry_date']);
    },
  );
});

describe('checkExpiry', () => {
  it.each([
    ['2026-05-01T09:59:59.999Z', ['expiry_date']],
    ['2026-05-01T10:00:00Z', ['expiry_date']],
    ['2026-05-01T10:00:00.001Z', []],
  ])('CMD-56 (partial: the rule): an expiry at %s is refused at %p', (expiry_date, refusal) => {
    const faults = checkExpiry(
      { ...BODIES.RESERVE_NOW, expiry_date },
      new Date('2026-05-01T10:00:00Z'),
    );
    expect(faults.map(({ path }) => path)).toEqual(refusal);
  });
});
