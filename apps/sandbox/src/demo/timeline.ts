import { type Statement } from '../csms/virtual-csms.js';
import { type Receipt } from '../partners/virtual-emsp.js';

/** First sights of Locations come in bursts: one line says how many when none came for this long. */
const BURST_MS = 250;

/** Prints what the CSMS said and what each partner got, with the time between the two. */
export class Timeline {
  private readonly saidAt = new Map<string, number>();
  private readonly bursts = new Map<string, { count: number; timer: NodeJS.Timeout }>();
  private readonly start = Date.now();

  constructor(private readonly print: (line: string) => void = (line) => console.log(line)) {}

  statement({ at, type, content }: Statement): void {
    const name = [content.location_id, content.evse_uid].filter(Boolean).join('/');
    const id = typeof content.id === 'string' ? content.id : name;
    const key = type.includes('evse') ? `locations/${name}` : `${moduleOf(type)}/${id}`;
    this.saidAt.set(key.toUpperCase(), at.getTime());
    const detail = typeof content.status === 'string' ? ` → ${content.status}` : '';
    const kwh = typeof content.kwh === 'number' ? `, ${content.kwh.toFixed(2)} kWh` : '';
    this.line(at, 'CSMS', type.replace(/^ocpi\.|\.v1$/g, ''), `${id}${detail}${kwh}`);
  }

  receipt(partner: string, version: string, receipt: Receipt): void {
    const who = `   ${partner} ${version}`;
    if (isFirstSight(receipt)) {
      this.gather(who);
      return;
    }
    if (receipt.module === 'locations') this.finishBurst(who);
    const body = (receipt.body ?? {}) as Record<string, unknown>;
    const id = receipt.module === 'cdrs' ? String(body.id) : receipt.segments.slice(2).join('/');
    const said = this.saidAt.get(`${receipt.module}/${id}`.toUpperCase());
    const latency = said === undefined ? '' : `  +${receipt.at.getTime() - said} ms`;
    const detail = typeof body.status === 'string' ? ` → ${body.status}` : '';
    this.line(
      receipt.at,
      who,
      `${receipt.method} ${receipt.module}`,
      `${id}${detail}  HTTP ${receipt.httpStatus}${latency}`,
    );
  }

  note(text: string): void {
    this.line(new Date(), '·', text, '');
  }

  private gather(who: string): void {
    const before = this.bursts.get(who);
    clearTimeout(before?.timer);
    const timer = setTimeout(() => this.finishBurst(who), BURST_MS).unref();
    this.bursts.set(who, { count: (before?.count ?? 0) + 1, timer });
  }

  private finishBurst(who: string): void {
    const burst = this.bursts.get(who);
    if (!burst) return;
    clearTimeout(burst.timer);
    this.bursts.delete(who);
    const what = burst.count === 1 ? '1 location' : `${burst.count} locations`;
    this.line(new Date(), who, 'PUT locations', `${what} it had not seen`);
  }

  private line(at: Date, who: string, what: string, detail: string): void {
    const seconds = ((at.getTime() - this.start) / 1000).toFixed(3).padStart(8);
    this.print(`${seconds}  ${who.padEnd(21)} ${what.padEnd(22)} ${detail}`.trimEnd());
  }
}

const isFirstSight = ({ method, module, segments, httpStatus }: Receipt): boolean =>
  method === 'PUT' && module === 'locations' && segments.length === 3 && httpStatus === 201;

const moduleOf = (type: string): string =>
  type.includes('session') ? 'sessions' : type.includes('cdr') ? 'cdrs' : 'tariffs';
