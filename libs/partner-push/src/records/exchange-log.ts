import { type PartnerAnswer } from '#partners';
import { createLogger } from '#platform';
import { type DataSource } from 'typeorm';

export interface Exchange {
  connectionId: string;
  kind: string;
  objectName: string;
  method: string;
  url: string;
  request: string | undefined;
  answer: PartnerAnswer;
  outcome: string;
}

const MAX_CHARACTERS = 8000;
const FLUSH_EVERY_MS = 1000;
const CHUNK = 1000;

const UPSERT = `INSERT INTO exchange (connection_id, kind, object_name, at, method, url, request, http_status,
    ocpi_status, response, duration_ms, outcome, request_id)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[],
    $8::int[], $9::int[], $10::text[], $11::int[], $12::text[], $13::text[])
  ON CONFLICT (connection_id, kind, object_name) DO UPDATE
    SET at = excluded.at, method = excluded.method, url = excluded.url, request = excluded.request,
        http_status = excluded.http_status, ocpi_status = excluded.ocpi_status, response = excluded.response,
        duration_ms = excluded.duration_ms, outcome = excluded.outcome, request_id = excluded.request_id
    WHERE exchange.at <= excluded.at`;

/**
 * Keeps the last request and answer per partner and object, for people who ask where something is. Written once a
 * second in one statement: no push waits for it, and a killed process may lose its last second.
 */
export class ExchangeLog {
  private readonly log = createLogger('exchange-log');
  private pending = new Map<string, Exchange & { at: Date }>();
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();

  constructor(private readonly source: DataSource) {}

  note(exchange: Exchange): void {
    const key = `${exchange.connectionId} ${exchange.kind} ${exchange.objectName}`;
    this.pending.set(key, { ...exchange, at: new Date() });
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_EVERY_MS);
  }

  /** Writes what is pending; never throws. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const rows = [...this.pending.values()];
    this.pending = new Map();
    this.flushing = this.flushing.then(async () => {
      for (let start = 0; start < rows.length; start += CHUNK) {
        await this.write(rows.slice(start, start + CHUNK));
      }
    });
    return this.flushing;
  }

  private async write(rows: (Exchange & { at: Date })[]): Promise<void> {
    // One order for all processes, so that their statements never wait for each other in a circle.
    rows.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const column = <T>(value: (row: Exchange & { at: Date }) => T) => rows.map(value);
    try {
      await this.source.query(UPSERT, [
        column((row) => row.connectionId),
        column((row) => row.kind),
        column((row) => row.objectName),
        column((row) => row.at),
        column((row) => row.method),
        column((row) => row.url),
        column((row) => shortened(row.request)),
        column(({ answer }) => (answer.kind === 'answered' ? answer.httpStatus : null)),
        column(({ answer }) => (answer.kind === 'answered' ? (answer.ocpiStatus ?? null) : null)),
        column(({ answer }) =>
          shortened(answer.kind === 'answered' ? answer.text : answer.message),
        ),
        column(({ answer }) => answer.durationMs),
        column((row) => row.outcome),
        column(({ answer }) => answer.requestId),
      ]);
    } catch (error) {
      this.log.warn({ err: error, rows: rows.length }, 'exchanges could not be recorded');
    }
  }
}

const keyOf = (row: Exchange): string => `${row.connectionId} ${row.kind} ${row.objectName}`;

/** PostgreSQL's text holds no NUL, which a partner's answer may. */
const shortened = (text: string | undefined): string | null =>
  text === undefined ? null : text.slice(0, MAX_CHARACTERS).replaceAll('\0', '');
