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
/** A statement is short: while it runs it holds back who reads the change log. */
const CHUNK = 200;

// One JSON text: an array for each column costs four times as much to write.
const UPSERT = `INSERT INTO exchange (connection_id, kind, object_name, at, method, url, request, http_status,
    ocpi_status, response, duration_ms, outcome, request_id)
  SELECT * FROM json_to_recordset($1) AS e (connection_id text, kind text, object_name text, at timestamptz,
    method text, url text, request text, http_status int, ocpi_status int, response text, duration_ms int,
    outcome text, request_id text)
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
    try {
      await this.source.query(UPSERT, [JSON.stringify(rows.map(recorded))]);
    } catch (error) {
      this.log.warn({ err: error, rows: rows.length }, 'exchanges could not be recorded');
    }
  }
}

const keyOf = (row: Exchange): string => `${row.connectionId} ${row.kind} ${row.objectName}`;

const recorded = ({ answer, ...row }: Exchange & { at: Date }) => ({
  connection_id: row.connectionId,
  kind: row.kind,
  object_name: row.objectName,
  at: row.at,
  method: row.method,
  url: row.url,
  request: shortened(row.request),
  http_status: answer.kind === 'answered' ? answer.httpStatus : null,
  ocpi_status: answer.kind === 'answered' ? answer.ocpiStatus : null,
  response: shortened(answer.kind === 'answered' ? answer.text : answer.message),
  duration_ms: answer.durationMs,
  outcome: row.outcome,
  request_id: answer.requestId,
});

/** PostgreSQL's text holds no NUL, which a partner's answer may, and no half of a pair, which the cut may leave. */
const shortened = (text: string | undefined): string | null =>
  text === undefined ? null : text.slice(0, MAX_CHARACTERS).toWellFormed().replaceAll('\0', '');
