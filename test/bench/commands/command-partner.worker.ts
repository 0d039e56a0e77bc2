import { once } from 'node:events';
import http from 'node:http';
import { type AddressInfo } from 'node:net';
import { type OcpiVersion } from '#ocpi';
import { Pool } from 'undici';
import { evseUid, locationId } from '../network/template-location.js';
import { serveCalls } from '../processes/worker-calls.js';
import { untilTime } from '../until-time.js';

export interface CommandingPartner {
  version: OcpiVersion;
  countryCode: string;
  partyId: string;
  authorization: string;
}

export interface CommandLoad {
  /** Base URL of whoever takes commands. */
  url: string;
  /** By turns. */
  partners: CommandingPartner[];
  perSecond: number;
  seconds: number;
  locations: number;
  /** Number of the first command; each has a driver and a response_url of its own. */
  from: number;
  /** Whether each gets a result at its response_url. */
  hasResults: boolean;
}

/** Milliseconds from when a command was due. */
export interface CommandTimes {
  answered: number[];
  told: number[];
  /** Told more than once. */
  repeated: number;
}

const CONNECTIONS = 64;
const RESULT_PATIENCE_MS = 30_000;

let origin = '';
const toldAt = new Map<string, number[]>();

/** Where results arrive; returns its origin. */
async function listen(_: undefined): Promise<string> {
  const server = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const id = (request.url ?? '').split('/').at(-1) ?? '';
    toldAt.set(id, [...(toldAt.get(id) ?? []), performance.now()]);
    request.resume();
    const text = `{"status_code":1000,"timestamp":"${new Date().toISOString()}"}`;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
    response.end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return origin;
}

/** START_SESSION at a steady rate, by partners in turns. */
async function command(load: CommandLoad): Promise<CommandTimes> {
  const pool = new Pool(load.url, { connections: CONNECTIONS, pipelining: 1 });
  const total = load.perSecond * load.seconds;
  const startedAt = performance.now();
  const dueAt = (n: number): number => startedAt + (n * 1000) / load.perSecond;
  const running: Promise<number>[] = [];
  for (let n = 0; n < total; n++) {
    await untilTime(dueAt(n));
    running.push(start(pool, load, n).then(() => performance.now() - dueAt(n)));
  }
  const answered = await Promise.all(running);
  await pool.close();
  const ids = Array.from({ length: total }, (_, n) => idOf(load, n));
  if (load.hasResults) await allTold(ids);
  const told = ids.map((id) => toldAt.get(id) ?? []);
  return {
    answered,
    told: told.flatMap((times, n) => times.slice(0, 1).map((at) => at - dueAt(n))),
    repeated: told.filter((times) => times.length > 1).length,
  };
}

const idOf = ({ from }: CommandLoad, n: number): string => `C${from + n}`;

async function start(pool: Pool, load: CommandLoad, n: number): Promise<void> {
  const partner = load.partners[n % load.partners.length]!;
  const answer = await pool.request({
    method: 'POST',
    path: `/ocpi/${partner.version}/commands/START_SESSION`,
    headers: { authorization: partner.authorization, 'content-type': 'application/json' },
    body: JSON.stringify(bodyOf(load, partner, n)),
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 200 || !text.includes('"ACCEPTED"')) {
    throw new Error(`START_SESSION: HTTP ${answer.statusCode} ${text.slice(0, 500)}`);
  }
}

function bodyOf(load: CommandLoad, partner: CommandingPartner, n: number): object {
  const id = idOf(load, n);
  const place = 1 + (n % load.locations);
  const contract = `DE-P00-${id}`;
  const token = {
    uid: id,
    type: 'RFID',
    issuer: 'Bench Mobility',
    valid: true,
    whitelist: 'ALLOWED',
    last_updated: '2026-01-01T10:00:00Z',
  };
  const { countryCode: country_code, partyId: party_id } = partner;
  return {
    response_url: `${origin}/responses/${id}`,
    token:
      partner.version === '2.1.1'
        ? { ...token, auth_id: contract }
        : { ...token, country_code, party_id, contract_id: contract },
    location_id: locationId(place),
    evse_uid: evseUid(place, 1),
    ...(partner.version !== '2.1.1' && { connector_id: '1' }),
  };
}

async function allTold(ids: readonly string[]): Promise<void> {
  const giveUpAt = performance.now() + RESULT_PATIENCE_MS;
  for (;;) {
    const missing = ids.filter((id) => !toldAt.has(id)).length;
    if (missing === 0) return;
    if (performance.now() > giveUpAt) throw new Error(`${missing} commands without a result`);
    await untilTime(performance.now() + 100);
  }
}

const functions = { listen, command };
export type CommandPartner = typeof functions;

serveCalls(functions);
