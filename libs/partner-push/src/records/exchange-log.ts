import { type PartnerAnswer } from '#partners';
import { createLogger } from '#platform';
import { type Pool } from 'pg';

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
/** Rows of one statement. */
const CHUNK = 200;

const BETWEEN_ROWS = '\u001e';
const BETWEEN_FIELDS = '\u001f';

// One text with separators: JSON costs PostgreSQL three times as much to read, an array for each column costs us more to
// write. A loss of the last moments is no loss to anybody, so nobody waits for the disk.
const UPSERT = `INSERT INTO exchange (connection_id, kind, object_name, at, method, url, request, http_status,
    ocpi_status, response, duration_ms, outcome, request_id)
  SELECT f[1], f[2], f[3], f[4]::timestamptz, f[5], f[6], f[7], f[8]::int, f[9]::int, f[10], f[11]::int, f[12], f[13]
    FROM set_config('synchronous_commit', 'off', true),
         (SELECT string_to_array(row, E'\\x1f', '') AS f FROM string_to_table($1, E'\\x1e') AS row OFFSET 0) AS given
  ON CONFLICT (connection_id, kind, object_name) DO UPDATE
    SET at = excluded.at, method = excluded.method, url = excluded.url, request = excluded.request,
        http_status = excluded.http_status, ocpi_status = excluded.ocpi_status, response = excluded.response,
        duration_ms = excluded.duration_ms, outcome = excluded.outcome, request_id = excluded.request_id
    WHERE exchange.at <= excluded.at`;

/**
 * Keeps the last request and answer per partner and object, for people who ask where something is. Written once a
 * second, beside the log: no push waits for it, and a killed process may lose its last second.
 */
export class ExchangeLog {
  private readonly log = createLogger('exchange-log');
  /** Rows by their keys, as text: while they wait they are one flat string each, and hold no answer alive. */
  private pending = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();

  constructor(private readonly pool: Pick<Pool, 'query'>) {}

  note(exchange: Exchange): void {
    const key = `${exchange.connectionId} ${exchange.kind} ${exchange.objectName}`;
    this.pending.set(key, recorded(exchange, new Date()).map(fieldOf).join(BETWEEN_FIELDS));
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_EVERY_MS);
  }

  /** Writes what is pending; never throws. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const rows = [...this.pending];
    this.pending = new Map();
    // One order for all processes, so that their statements never wait for each other in a circle.
    rows.sort(([a], [b]) => (a < b ? -1 : 1));
    this.flushing = this.flushing.then(async () => {
      for (let start = 0; start < rows.length; start += CHUNK) {
        await this.write(rows.slice(start, start + CHUNK).map(([, row]) => row));
      }
    });
    return this.flushing;
  }

  private async write(rows: readonly string[]): Promise<void> {
    try {
      await this.pool.query(UPSERT, [rows.join(BETWEEN_ROWS)]);
    } catch (error) {
      this.log.warn({ err: error, rows: rows.length }, 'exchanges could not be recorded');
    }
  }
}

type Field = string | number | null | undefined;

const recorded = ({ answer, ...exchange }: Exchange, at: Date): Field[] => [
  exchange.connectionId,
  exchange.kind,
  exchange.objectName,
  at.toISOString(),
  exchange.method,
  exchange.url,
  exchange.request,
  answer.kind === 'answered' ? answer.httpStatus : null,
  answer.kind === 'answered' ? answer.ocpiStatus : null,
  answer.kind === 'answered' ? answer.text : answer.message,
  answer.durationMs,
  exchange.outcome,
  answer.requestId,
];

// Our separators, and NUL, which PostgreSQL's text does not hold. A cut may leave half of a pair.
const UNSTORABLE = new RegExp(`[\0${BETWEEN_ROWS}${BETWEEN_FIELDS}]`, 'g');

/** Empty stands for NULL. */
function fieldOf(field: Field): string {
  if (typeof field !== 'string') return field === null || field === undefined ? '' : String(field);
  return field.slice(0, MAX_CHARACTERS).toWellFormed().replace(UNSTORABLE, '');
}
