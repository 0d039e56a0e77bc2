import { foldId, partyKey } from '#ocpi';
import { newSessionId } from '../csms/new-session-id.js';
import { Expectations } from './expectations.js';
import { runJourneys } from './run-journeys.js';
import { type Sandbox, type SandboxPartner } from './sandbox.js';

/**
 * One complete session per partner, then what partners ask for in real time, verified. Returns what did not arrive or
 * arrived where it must not, nothing when all is well, and how the journeys went.
 */
export async function runOnce(sandbox: Sandbox): Promise<Pick<Expectations, 'faults' | 'results'>> {
  const { csms, partners } = sandbox;
  const expectations = new Expectations();
  const { faults } = expectations;
  const expect = (what: string, met: () => boolean): Promise<boolean> =>
    expectations.expect(what, met);

  for (const partner of partners) {
    await expect(`${nameOf(partner)}: all locations`, () =>
      csms.network.locations.every((l) => has(partner, 'locations', l.id)),
    );
    await expect(`${nameOf(partner)}: all tariffs`, () =>
      csms.network.tariffs.every((t) => has(partner, 'tariffs', t.id)),
    );
  }

  const visits = await Promise.all(
    partners.map(async (partner, index) => {
      const { location, evse } = sandbox.placeAt(index * 4);
      const sessionId = newSessionId();
      const token = sandbox.driver(partner.emsp);
      await csms.visit({ sessionId, location, evse, token });
      return { partner, sessionId, location, evse };
    }),
  );

  for (const { partner, sessionId, location, evse } of visits) {
    const { emsp } = partner;
    await expect(`${nameOf(partner)}: session ${sessionId} COMPLETED`, () => {
      const session = emsp.store.get('sessions', path(sessionId));
      return session?.status === 'COMPLETED' && Number(session.kwh) > 0;
    });
    await expect(`${nameOf(partner)}: CDR of ${sessionId}`, () =>
      emsp.store.cdrs.has(foldId(`CDR-${sessionId}`)),
    );
    for (const other of partners) {
      await expect(`${nameOf(other)}: ${location.id}/${evse.uid} CHARGING, then AVAILABLE`, () => {
        const told = other.emsp.receipts.filter(
          (r) => r.module === 'locations' && r.segments[3] === evse.uid,
        );
        const statuses = told.map((r) => (r.body as { status?: string }).status);
        return statuses.includes('CHARGING') && statuses.at(-1) === 'AVAILABLE';
      });
      if (other === partner) continue;
      if (other.emsp.store.get('sessions', path(sessionId))) {
        faults.push(`${nameOf(other)} got session ${sessionId} of ${nameOf(partner)}`);
      }
      if (other.emsp.store.cdrs.has(foldId(`CDR-${sessionId}`))) {
        faults.push(`${nameOf(other)} got the CDR of ${nameOf(partner)}'s session`);
      }
    }
  }
  for (const { partner, sessionId } of visits) {
    const { store, receipts } = partner.emsp;
    const posts = receipts.filter(
      (r) => r.module === 'cdrs' && (r.body as { id: string }).id === `CDR-${sessionId}`,
    );
    if (posts.length > 1) faults.push(`${nameOf(partner)} got its CDR ${posts.length} times`);
    console.log(
      `${nameOf(partner).padEnd(20)} ${store.locations.size} locations, ${store.tariffs.size} tariffs, ` +
        `session ${sessionId}: ${String(store.get('sessions', path(sessionId))?.kwh)} kWh, ` +
        `CDR ${posts.length === 1 ? 'delivered once' : 'MISSING OR REPEATED'}`,
    );
  }
  await runJourneys(sandbox, expectations);
  return expectations;

  function path(id: string): string[] {
    const { country_code, party_id } = csms.network.party;
    return [country_code, party_id, id];
  }

  function has(partner: SandboxPartner, module: string, id: string): boolean {
    return partner.emsp.store.get(module, path(id)) !== undefined;
  }
}

const nameOf = ({ emsp }: SandboxPartner): string =>
  `${emsp.options.name} (${emsp.options.version}, ${partyKey(emsp.options.party)})`;
