import {
  changeToTell,
  findSession,
  findSessionPlace,
  lockToldSession,
  tellChange,
} from '#commands';
import { type ChargingProfileChanged, chargingProfileChangedChecker } from '#csms-contract';
import { advisePhases, checkChargingProfile, foldId, within } from '#ocpi';
import { eventHandler, type EventTransaction } from './event-handler.js';
import { APPLIED, type CheckedEvent, UNCHANGED, type Verdict } from './incoming-event.js';
import { guardOf, isOlder, staleAgainst } from './version-guard.js';

/** What limits a Session changed; the party that set a profile on it successfully is told (CHP-28 to CHP-34). */
export const chargingProfileChanged = eventHandler<ChargingProfileChanged>({
  checker: chargingProfileChangedChecker,
  rules: ({ active_charging_profile: active }) =>
    active
      ? within(
          'active_charging_profile.charging_profile',
          checkChargingProfile(active.charging_profile),
        )
      : [],
  advice: ({ active_charging_profile }) => advisePhases(active_charging_profile),
  handle: async (tx, events) => {
    const verdicts: Verdict[] = [];
    for (const event of events) verdicts.push(await takeOver(tx, event));
    if (verdicts.includes(APPLIED)) tx.waiting.add('commands');
    return verdicts;
  },
});

async function takeOver(
  tx: EventTransaction,
  { event, data, partyKey }: CheckedEvent<ChargingProfileChanged>,
): Promise<Verdict> {
  const told = await lockToldSession(tx.sql, partyKey, foldId(data.session_id));
  if (!told?.isTold) return UNCHANGED;
  const { guardTime, guardSequence } = told;
  if (guardTime && isOlder(event, { guardTime, guardSequence })) {
    return staleAgainst(event, { guardTime, guardSequence }, `the profile of ${data.session_id}`);
  }
  const found = await findSession(tx.sql, [partyKey], data.session_id);
  const place = found && (await findSessionPlace(tx.sql, found));
  const change = changeToTell(data.active_charging_profile, event.time, told, place?.connector);
  if (!change) return UNCHANGED;
  await tellChange(tx.sql, told.number, change, guardOf(event));
  return APPLIED;
}
