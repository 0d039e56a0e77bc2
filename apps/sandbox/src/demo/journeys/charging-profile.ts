import { setTimeout as sleep } from 'node:timers/promises';
import { type ChargingPeriod } from '#ocpi';
import { type Stage } from './stage.js';

const LIMIT_KW = 7.4;
/** Some charging before the limit and some after it. */
const CHARGING_MS = 1500;

/** A partner limits a running session of its driver: less power flows, and the periods of the Session show it. */
export async function chargingProfile(stage: Stage): Promise<void> {
  const { csms, emsp, token, place } = stage;
  await csms.presentCard(String(token.uid), place);
  const sessionId = await stage.sessionHere();
  if (sessionId === undefined) return;
  await stage.expectSession(sessionId, 'ACTIVE');
  await sleep(CHARGING_MS);
  const visit = csms.fleet.visitOf(sessionId);
  const before = visit?.power ?? 0;
  const sent = await emsp.commands.setProfile(
    sessionId,
    {
      charging_rate_unit: 'W',
      charging_profile_period: [{ start_period: 0, limit: LIMIT_KW * 1000 }],
    },
    csms.network.party,
  );
  await stage.expectResult(sent);
  await sleep(CHARGING_MS);
  const after = visit?.power ?? 0;
  stage.expectations.check(
    `${stage.name}: the profile left the power at ${after} kW, after ${before} kW`,
    before > LIMIT_KW && after > 0 && after <= LIMIT_KW,
  );
  stage.figures = `${before.toFixed(1)} → ${after.toFixed(1)} kW`;
  csms.fleet.unplug(place.evse);
  await stage.expectEnd(sessionId);
  const powers = powersOf(stage.session(sessionId)?.charging_periods);
  stage.expectations.check(
    `${stage.name}: session ${sessionId} shows ${powers.join(', ')} kW`,
    (powers[0] ?? 0) > LIMIT_KW && (powers.at(-1) ?? Infinity) <= LIMIT_KW,
  );
}

const powersOf = (periods: unknown): number[] =>
  (Array.isArray(periods) ? (periods as ChargingPeriod[]) : []).flatMap(({ dimensions }) =>
    dimensions.filter(({ type }) => type === 'POWER').map(({ volume }) => volume),
  );
