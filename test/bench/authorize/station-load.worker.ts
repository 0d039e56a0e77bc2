import { Pool } from 'undici';
import { evseUid, BENCH_PARTY, locationId } from '../network/template-location.js';
import { serveCalls } from '../processes/worker-calls.js';
import { benchToken } from '../tokens/bench-token.js';
import { untilTime } from '../until-time.js';

interface StationLoad {
  /** Base URL of whoever decides. */
  url: string;
  key: string;
  perSecond: number;
  seconds: number;
  /** Number of the first card; each is shown once. */
  from: number;
  locations: number;
}

/** A card and how long its driver waited. */
export type Wait = [uid: string, ms: number];

const CONNECTIONS = 32;
const PATIENCE_MS = 5000;

/** Stations that ask at a steady rate, each card once; a wait counts from when the question was due. */
async function ask(load: StationLoad): Promise<Wait[]> {
  const pool = new Pool(load.url, { connections: CONNECTIONS, pipelining: 1 });
  const total = load.perSecond * load.seconds;
  const startedAt = performance.now();
  const running: Promise<Wait>[] = [];
  for (let n = 0; n < total; n++) {
    const dueAt = startedAt + (n * 1000) / load.perSecond;
    await untilTime(dueAt);
    running.push(authorize(pool, load, n, dueAt));
  }
  const waits = await Promise.all(running);
  await pool.close();
  return waits;
}

async function authorize(pool: Pool, load: StationLoad, n: number, dueAt: number): Promise<Wait> {
  const { uid } = benchToken(load.from + n, { countryCode: '', partyId: '' });
  const place = 1 + (n % load.locations);
  const answer = await pool.request({
    method: 'POST',
    path: '/csms/v1/authorizations',
    headers: { authorization: `Bearer ${load.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...BENCH_PARTY,
      authorization_id: `${load.from + n}`,
      deadline: new Date(Date.now() + PATIENCE_MS).toISOString(),
      uid,
      type: 'RFID',
      location_id: locationId(place),
      evse_uid: evseUid(place, 1),
    }),
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 200 || !text.includes('"allowed":"ALLOWED"')) {
    throw new Error(`authorization: HTTP ${answer.statusCode} ${text.slice(0, 500)}`);
  }
  return [uid, performance.now() - dueAt];
}

const functions = { ask };
export type StationLoader = typeof functions;

serveCalls(functions);
