// A small CSMS on the HTTP binding, in plain Node: takes what partners request, answers in two steps, acts once, states
// Sessions (meter values and CDRs are left out), and asks about cards. You are the station, on standard input:
//   plug SITE-001 EVSE-000011 | card SITE-001 EVSE-000011 04A1B2C3 | leave SITE-001 EVSE-000011
// CSMS_URLS (all replicas, comma-separated), CSMS_KEY, CSMS_PARTY, CSMS_LEDGER (a file). State your network first.
// Timers, sessions and reservations are in memory alone: they do not survive a restart, only the ledger does.
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const { CSMS_KEY, CSMS_PARTY = 'NL*EVC', CSMS_LEDGER = 'csms-ledger.jsonl' } = process.env;
const urls = (process.env.CSMS_URLS ?? 'http://localhost:3002').split(',');
const [country_code, party_id] = CSMS_PARTY.split('*');

/** Asks one replica after the other until one answers, or the deadline is over. */
async function call(method, path, { body, type = 'application/json', deadline = Infinity } = {}) {
  let trouble;
  for (let turn = 0; Date.now() < deadline; turn++) {
    try {
      const answer = await fetch(urls[turn % urls.length] + path, {
        method,
        headers: { authorization: `Bearer ${CSMS_KEY}`, ...(body && { 'content-type': type }) },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(Math.min(deadline - Date.now(), 90_000)),
      });
      if (answer.status < 500) return answer;
    } catch (error) {
      trouble = error; // refused, reset or too slow: the next replica
    }
    if (turn % urls.length === urls.length - 1) await sleep(100);
  }
  throw new Error('no answer before the deadline', { cause: trouble });
}
/** One event; sent again with the same id until it is taken, which is harmless. */
async function say(name, content) {
  const body = {
    ...{ specversion: '1.0', id: randomUUID(), source: 'urn:example:csms' },
    ...{ type: `ocpi.${name}.v1`, time: new Date().toISOString() },
    data: { country_code, party_id, ...content },
  };
  const type = 'application/cloudevents+json';
  const answer = await call('POST', '/csms/v1/events', { body, type });
  console.log(`said ${name}: HTTP ${answer.status} ${await answer.text()}`);
}
/** The drivers' tokens, for when nobody answers about a card. */
const tokens = new Map();
function hear(name, data) {
  const key = `${data.country_code}*${data.party_id}*${data.uid}`;
  if (name === 'token.upserted') tokens.set(key, data);
  if (name === 'token.removed') tokens.delete(key);
  if (name.endsWith('.requested')) work(name, data).catch(console.error);
}

/** command_id → result, null while it is open. In a real CSMS a table with a unique key. */
const lines = existsSync(CSMS_LEDGER) ? readFileSync(CSMS_LEDGER, 'utf8').split('\n') : [];
const ledger = new Map(lines.filter(Boolean).map((line) => JSON.parse(line)));
function record(command_id, result) {
  ledger.set(command_id, result);
  appendFileSync(CSMS_LEDGER, `${JSON.stringify([command_id, result])}\n`);
}
async function work(name, request) {
  const { command_id, deadline } = request;
  const before = ledger.get(command_id);
  if (before) await say('request.finished', { command_id, ...before }); // the first may be lost
  if (before !== undefined) return;
  record(command_id, null); // on disk before anything happens
  await say('request.taken-on', { command_id });
  const act = Date.now() < Date.parse(deadline) ? actions[name] : () => ({ error: 'Expired' });
  const { then, ...result } = act?.(request) ?? { error: 'NotSupported' };
  record(command_id, result);
  await say('request.finished', { command_id, ...result });
  await then?.();
}

const NO_CAR_MS = 60_000;
/** What is at each EVSE: plugged, waiting (who may charge once a car is there), reservation, session. */
const evses = [];
/** A start without `evse_uid` is for the Location's only EVSE; here its first car tells which. */
function evseAt(location_id, uid) {
  const isIt = (e) => e.location_id === location_id && (e.evse_uid ?? uid) === (uid ?? e.evse_uid);
  const evse = evses.find(isIt) ?? evses[evses.push({ location_id }) - 1];
  return Object.assign(evse, { evse_uid: evse.evse_uid ?? uid });
}

/** What the station answers, and what happens then; a real CSMS speaks OCPP here. */
const actions = {
  'start-session.requested': (request) => {
    const evse = evseAt(request.location_id, request.evse_uid);
    if (evse.session?.status === 'ACTIVE' || !mayUse(evse, request)) return { status: 'Rejected' };
    const driver = (evse.waiting = driverOf(request));
    setTimeout(() => evse.waiting === driver && (evse.waiting = undefined), NO_CAR_MS);
    return { status: 'Accepted', then: () => evse.plugged && begin(evse) };
  },
  'stop-session.requested': ({ session_id }) => {
    const evse = evses.find(({ session: s }) => s?.id === session_id && s.status === 'ACTIVE');
    return evse ? { status: 'Accepted', then: () => end(evse) } : { status: 'Rejected' };
  },
  'reserve-now.requested': (request) => {
    const { reservation_number: number, session_id, expiry_date } = request;
    const isIts = (e) => e.reservation?.reservation_number === number;
    const isFree = (e) => !e.plugged && !e.waiting && (!e.reservation || isIts(e));
    const uids = request.evse_uid ? [request.evse_uid] : request.candidates;
    const its = uids.map((uid) => evseAt(request.location_id, uid));
    const evse = its.find(isIts) ?? its.find(isFree);
    if (!evse || !isFree(evse)) return { status: 'Occupied' };
    const what = isIts(evse) ? 'updated' : 'started';
    evse.reservation = request;
    const expire = async () => {
      if (evse.reservation !== request) return; // used, cancelled or replaced
      await say('reservation.ended', { reservation_number: number, reason: 'EXPIRED' });
      await end(evse);
    };
    setTimeout(expire, Date.parse(expiry_date) - Date.now());
    const session = sessionAt(evse, session_id, 'RESERVATION', driverOf(request));
    return { status: 'Accepted', then: () => state(evse, session, what, 'RESERVED') };
  },
  'cancel-reservation.requested': ({ reservation_number: number }) => {
    const evse = evses.find(({ reservation }) => reservation?.reservation_number === number);
    return evse ? { status: 'Accepted', then: () => end(evse) } : { status: 'Rejected' };
  },
  'unlock-connector.requested': ({ location_id, evse_uid }) => ({
    status: evseAt(location_id, evse_uid).session ? 'OngoingAuthorizedTransaction' : 'Unlocked',
  }),
};
/** What Session and CDR repeat of a request; undefined fields are not sent. */
const driverOf = ({ token, authorization_reference }) => ({
  cdr_token: { ...token, group_id: undefined },
  ...{ authorization_reference, auth_method: 'COMMAND' },
});
const mayUse = ({ reservation }, { token: { uid, group_id } }) =>
  !reservation ||
  reservation.token.uid === uid ||
  (group_id !== undefined && reservation.token.group_id === group_id);
const sessionAt = ({ location_id, evse_uid }, id, status, driver) => ({
  ...{ id, status, ...driver, location_id, evse_uid, connector_id: '1' },
  ...{ start_date_time: new Date().toISOString(), kwh: 0, currency: 'EUR' },
});
async function state(evse, session, what, status) {
  evse.session = what === 'ended' ? undefined : session;
  await say(`session.${what}`, { ...session, last_updated: new Date().toISOString() });
  const { location_id, evse_uid } = evse;
  await say('evse.status-changed', { location_id, evse_uid, status });
}
/** Whoever reserved goes on with the Session of the reservation. */
async function begin(evse) {
  const { reservation, waiting } = evse;
  const session = sessionAt(evse, reservation?.session_id ?? randomUUID(), 'ACTIVE', waiting);
  evse.reservation = evse.waiting = undefined;
  await state(evse, session, reservation ? 'updated' : 'started', 'CHARGING');
}
async function end(evse) {
  evse.reservation = evse.plugged = undefined;
  const over = { status: 'COMPLETED', end_date_time: new Date().toISOString() };
  if (evse.session) await state(evse, { ...evse.session, ...over }, 'ended', 'AVAILABLE');
}
/** Who may charge with this card, in the words that the Session repeats, and the group; neither when nobody may. */
async function ask({ location_id, evse_uid }, uid) {
  const deadline = Date.now() + 5000;
  const question = { country_code, party_id, authorization_id: randomUUID(), uid, location_id };
  const body = { ...question, evse_uid, deadline: new Date(deadline).toISOString() };
  try {
    const answer = await call('POST', '/csms/v1/authorizations', { body, deadline });
    const { allowed, group_id, cdr_token, auth_method, ...more } = await answer.json();
    console.log(`card ${uid}: HTTP ${answer.status} ${allowed}`);
    const driver = {
      cdr_token,
      auth_method,
      authorization_reference: more.authorization_reference,
    };
    return allowed === 'ALLOWED' ? { driver, group_id } : {};
  } catch {
    const { valid, whitelist, ...token } = [...tokens.values()].find((t) => t.uid === uid) ?? {};
    if (!valid || whitelist === 'NEVER') return {};
    const { type, contract_id, country_code: cc, party_id: pid } = token;
    const cdr_token = { country_code: cc, party_id: pid, uid, type, contract_id };
    return { driver: { cdr_token, auth_method: 'WHITELIST' }, group_id: token.group_id };
  }
}
createInterface({ input: process.stdin }).on('line', async (line) => {
  const [what, location, uid, card] = line.split(' ');
  const evse = evseAt(location, uid);
  if (what === 'leave') return end(evse);
  const { driver, group_id } = what === 'card' ? await ask(evse, card) : {};
  if (driver && mayUse(evse, { token: { ...driver.cdr_token, group_id } })) evse.waiting = driver;
  evse.plugged = true;
  if (evse.waiting && evse.session?.status !== 'ACTIVE') await begin(evse);
});
await call('GET', '/csms/v1/messages?wait=0'); // from now on messages are kept for us: ask for all tokens
await call('POST', '/csms/v1/messages/restate-tokens');
for (let after = ''; ;) {
  const answer = await call('GET', `/csms/v1/messages?wait=30&after=${after}`);
  if (answer.status === 204) continue;
  if (!answer.ok) throw new Error(`HTTP ${answer.status}: ${await answer.text()}`);
  const { messages, next } = await answer.json();
  for (const { type, data } of messages) hear(type.replace(/^ocpi\.|\.v1$/g, ''), data);
  after = next; // the next poll acknowledges with it
}
