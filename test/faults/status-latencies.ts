import { type LoadCsms } from './load-csms.js';
import { type RecordingPartner } from './recording-partner.js';

/** By EVSE: when what a partner heard last was said. */
type Heard = Map<string, number>;

/** Milliseconds from the CSMS saying an EVSE's status to a partner keeping it. */
export class StatusLatencies {
  private values: number[] = [];

  constructor(
    private readonly csms: LoadCsms,
    partners: readonly RecordingPartner[],
  ) {
    for (const partner of partners) {
      const heard: Heard = new Map();
      partner.onKept = ({ segments, body }) => {
        if (segments.length === 3) {
          // A whole Location, as where several of its EVSEs changed: each status it brings for the first time.
          for (const evse of (body.evses ?? []) as { uid: string; status: string }[]) {
            this.note(heard, evse.uid, evse.status);
          }
        } else {
          this.note(heard, String(segments[3]), String(body.status));
        }
      };
    }
  }

  private note(heard: Heard, uid: string, status: string): void {
    const saidAt = this.csms.saidAt.get(`${uid} ${status}`);
    if (saidAt === undefined || heard.get(uid) === saidAt) return;
    heard.set(uid, saidAt);
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
