import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { type RequestFinished } from '#csms-contract';

/** What came of a request, without whose and which it was. */
export type RequestResult = Omit<RequestFinished, 'country_code' | 'party_id' | 'command_id'>;

interface Entry {
  command_id: string;
  is: 'taken' | 'acted' | 'answered';
  result?: RequestResult;
}

/**
 * Which requests were seen, acted on and answered. Each line is on disk before what it tells of happens, so that no restart
 * makes the CSMS act twice: what it was about to do when it died is not done again.
 */
export class RequestLedger {
  /** How often each request was acted on. */
  readonly actedOn = new Map<string, number>();
  /** When each was acted on last, by this process. */
  readonly actedAt = new Map<string, Date>();
  private readonly results = new Map<string, RequestResult | undefined>();

  constructor(private readonly file?: string) {
    if (!file) return;
    mkdirSync(dirname(file), { recursive: true });
    if (!existsSync(file)) return;
    for (const entry of readEntries(file)) this.count(entry);
  }

  /** False when this request was seen before. */
  take(commandId: string): boolean {
    if (this.results.has(commandId)) return false;
    this.write({ command_id: commandId, is: 'taken' });
    return true;
  }

  acts(commandId: string): void {
    this.write({ command_id: commandId, is: 'acted' });
    this.actedAt.set(commandId, new Date());
  }

  answers(commandId: string, result: RequestResult): void {
    this.write({ command_id: commandId, is: 'answered', result });
  }

  /** What was answered before; undefined while it is open. */
  resultOf(commandId: string): RequestResult | undefined {
    return this.results.get(commandId);
  }

  private write(entry: Entry): void {
    if (this.file) appendFileSync(this.file, `${JSON.stringify(entry)}\n`);
    this.count(entry);
  }

  private count({ command_id: id, is, result }: Entry): void {
    this.results.set(id, result ?? this.results.get(id));
    if (is === 'acted') this.actedOn.set(id, (this.actedOn.get(id) ?? 0) + 1);
  }
}

/** A last line that a crash cut short tells of something that has not happened. */
function readEntries(file: string): Entry[] {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Entry);
}
