import { type LoadCsms } from './load-csms.js';
import { type RecordingPartner } from './recording-partner.js';

/** Milliseconds from the CSMS saying an EVSE's status to a partner keeping it. */
export class StatusLatencies {
  private values: number[] = [];

  constructor(csms: LoadCsms, partners: readonly RecordingPartner[]) {
    for (const partner of partners) {
      partner.onKept = ({ segments, body }) => {
        if (segments.length === 3) {
          // A whole Location, as where several of its EVSEs changed: each status it brings for the first time.
          for (const evse of (body.evses ?? []) as { uid: string; status: string }[]) {
            this.note(csms, partner.id, evse.uid, evse.status);
          }
        } else {
          this.note(csms, partner.id, String(segments[3]), String(body.status));
        }
      };
    }
  }

  /** By partner and EVSE: when what it heard last was said. */
  private readonly heard = new Map<string, number>();

  private note(csms: LoadCsms, partner: string, uid: string, status: string): void {
    const saidAt = csms.saidAt.get(`${uid} ${status}`);
    if (saidAt === undefined) return;
    const name = `${partner} ${uid}`;
    if (this.heard.get(name) === saidAt) return;
    this.heard.set(name, saidAt);
    this.values.push(Date.now() - saidAt);
  }

  get count(): number {
    return this.values.length;
  }

  /** What was measured since the last call. */
  take(): number[] {
    const taken = this.values;
    this.values = [];
    return taken;
  }
}
