import { type ChargingPeriod } from '#ocpi';
import { type Reading } from '../csms/card-reader.js';
import { type ReceivedRequest } from '../csms/request-desk.js';
import { type Statement } from '../csms/virtual-csms.js';
import { type OpenCommand, type SentCommand } from '../partners/command-sender.js';
import { type AskedToken } from '../partners/token-desk.js';
import { type Receipt } from '../partners/virtual-emsp.js';

/** First sights of Locations come in bursts: one line says how many when none came for this long. */
const BURST_MS = 250;

/** Prints what the CSMS said and what each partner got or asked for, with the time between the two. */
export class Timeline {
  private readonly saidAt = new Map<string, number>();
  private readonly commands = new Map<string, OpenCommand>();
  private readonly bursts = new Map<string, { count: number; timer: NodeJS.Timeout }>();
  private readonly start = Date.now();

  constructor(private readonly print: (line: string) => void = (line) => console.log(line)) {}

  statement({ at, type, content }: Statement): void {
    const name = placeOf(content);
    const id = nameOf(content);
    const key = type.includes('evse') ? `locations/${name}` : `${moduleOf(type)}/${id}`;
    this.saidAt.set(key.toUpperCase(), at.getTime());
    if (type === 'ocpi.request.taken-on.v1') return;
    const word = content.status ?? content.error ?? content.preferences_response;
    const detail = typeof word === 'string' ? ` → ${word}` : '';
    const kwh = typeof content.kwh === 'number' ? `, ${content.kwh.toFixed(2)} kWh` : '';
    this.line(at, 'CSMS', shortName(type), `${id}${detail}${kwh}${powerOf(content)}`);
  }

  /** A partner is about to ask for something. */
  sends(partner: string, version: string, command: OpenCommand): void {
    this.commands.set(command.id, command);
    this.line(command.sentAt, `   ${partner} ${version}`, 'asks', command.what);
  }

  /** The gateway answered it, with its own word. */
  answered(partner: string, version: string, { what, answer, ...times }: SentCommand): void {
    const tookMs = times.answeredAt.getTime() - times.sentAt.getTime();
    const detail = `${what} → ${String(answer.result)}  +${tookMs} ms`;
    this.line(times.answeredAt, `   ${partner} ${version}`, 'is answered', detail);
  }

  /** The request has reached the CSMS. */
  request({ at, type, data }: ReceivedRequest): void {
    const session = 'session_id' in data ? ` ${data.session_id}` : '';
    const what = shortName(type).replace('.requested', '');
    this.line(at, 'CSMS', `is asked: ${what}`, placeOf({ ...data }) + session);
  }

  /** A card was shown at a station. */
  card({ uid, verdict, admitted, tookMs }: Reading): void {
    const word = verdict ? `${verdict.allowed} (${verdict.decided_by})` : 'no verdict';
    const end = admitted ? '' : ', turned away';
    this.line(new Date(), 'CSMS', `card ${uid}`, `→ ${word}${end}  +${tookMs} ms`);
  }

  /** A partner was asked about a card. */
  asked(partner: string, version: string, { at, uid, answered }: AskedToken): void {
    this.line(at, `   ${partner} ${version}`, 'is asked: authorize', `${uid} → ${answered}`);
  }

  receipt(partner: string, version: string, receipt: Receipt): void {
    const who = `   ${partner} ${version}`;
    if (receipt.module === 'tokens') return; // told by asked()
    if (receipt.module === 'responses') return this.result(who, receipt);
    if (isFirstSight(receipt)) {
      this.gather(who);
      return;
    }
    if (receipt.module === 'locations') this.finishBurst(who);
    const body = (receipt.body ?? {}) as Record<string, unknown>;
    const id = receipt.module === 'cdrs' ? String(body.id) : nameIn(receipt);
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

  private result(who: string, { at, segments: [id = ''], body, httpStatus }: Receipt): void {
    const command = this.commands.get(id);
    const { result } = body as { result?: string };
    const latency = command ? `  +${at.getTime() - command.sentAt.getTime()} ms` : '';
    const detail = `${command?.what ?? id} → ${result ?? '?'}  HTTP ${httpStatus}${latency}`;
    this.line(at, who, httpStatus < 400 ? 'gets the result' : 'fails on the result', detail);
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

const shortName = (type: string): string => type.replace(/^ocpi\.|\.v1$/g, '');

const placeOf = ({ location_id, evse_uid }: Record<string, unknown>): string =>
  [location_id, evse_uid].filter(Boolean).join('/');

/** By what a reader knows the thing: the beginning of a command's id is enough. */
function nameOf(content: Record<string, unknown>): string {
  const { id, command_id: command, session_id: session, reservation_number: number } = content;
  if (typeof command === 'string') return command.slice(0, 8);
  const known = (id ?? session ?? number) as string | number | undefined;
  return known === undefined ? placeOf(content) : String(known);
}

/** Sessions and the like have their party before them in the path; active charging profiles do not. */
const nameIn = ({ module, segments }: Receipt): string =>
  segments.slice(module === 'chargingprofiles' ? 0 : 2).join('/');

/** What flows now, as the period that runs shows it. */
function powerOf({ charging_periods: periods, status }: Record<string, unknown>): string {
  if (!Array.isArray(periods) || status !== 'ACTIVE') return '';
  const { dimensions } = periods.at(-1) as ChargingPeriod;
  const power = dimensions.find(({ type }) => type === 'POWER');
  return power ? `, ${power.volume.toFixed(1)} kW` : '';
}

const moduleOf = (type: string): string =>
  type.includes('session') ? 'sessions' : type.includes('cdr') ? 'cdrs' : 'tariffs';
