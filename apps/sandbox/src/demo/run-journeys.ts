import { type OcpiVersion } from '#ocpi';
import { type Expectations } from './expectations.js';
import { chargingProfile } from './journeys/charging-profile.js';
import { remoteStart } from './journeys/remote-start.js';
import { remoteStop } from './journeys/remote-stop.js';
import { reservation } from './journeys/reservation.js';
import { Stage } from './journeys/stage.js';
import { unknownCard } from './journeys/unknown-card.js';
import { type Sandbox } from './sandbox.js';

/** What partners ask for in real time, by the partner that does it, and at which Location. */
const JOURNEYS: [
  what: string,
  play: (stage: Stage) => Promise<void>,
  version: OcpiVersion,
  location: number,
][] = [
  ['a remote start', remoteStart, '2.1.1', 1],
  ['a remote stop', remoteStop, '2.3.0', 5],
  ['a card that only its eMSP knows', unknownCard, '2.2.1', 9],
  ['a reservation that becomes a session', reservation, '2.3.0', 10],
  ['a charging profile that lowers the power', chargingProfile, '2.2.1', 6],
];

/** Long enough for meter values. */
const LINGER_MS = 1500;

/** One after the other, so that the timeline can be read. */
export async function runJourneys(sandbox: Sandbox, expectations: Expectations): Promise<void> {
  for (const [what, play, version, location] of JOURNEYS) {
    const partner = sandbox.partners.find(({ emsp }) => emsp.options.version === version);
    if (!partner) continue;
    const before = expectations.faults.length;
    sandbox.timeline.note(`${what}, by ${partner.emsp.options.name} (${version})`);
    const place = sandbox.placeAt(location);
    const stage = new Stage(sandbox.csms, partner.emsp, place, expectations, LINGER_MS);
    await play(stage).catch((error: unknown) =>
      expectations.faults.push(`${what}: ${String(error)}`),
    );
    sandbox.csms.fleet.unplug(place.evse);
    const verdict = expectations.faults.length === before ? 'arrived as it should' : 'FAILED';
    const figures = stage.figures === '' ? '' : `, ${stage.figures}`;
    const result = `${stage.name.padEnd(30)} ${what}: ${verdict}${figures}`;
    console.log(result);
    expectations.results.push(result);
  }
}
