import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { storableText } from '#database';
import { createLogger, GatewaySettings, Metrics } from '#platform';
import { DataSource } from 'typeorm';
import { type Connection } from '../connection.js';
import { ConnectionDirectory } from '../connection-directory.js';
import { masked, maskedHeaders } from './masking.js';
import { moduleOfUrl } from './module-of-url.js';

/** A request and its answer as they were on the wire, secrets included. */
export interface ExchangedMessage {
  connectionId: string;
  /** When the request began. */
  at: Date;
  /** `in`: the partner asked. */
  direction: 'in' | 'out';
  /** Of the request, where it is known better than by its URL. */
  module?: string | null;
  method: string;
  url: string;
  requestId: string;
  correlationId: string | undefined;
  requestHeaders: WireHeaders;
  requestBody: string | undefined;
  /** Undefined: no answer came; `failure` says why. */
  answer: { httpStatus: number; headers: WireHeaders; body: string } | undefined;
  failure?: string;
  durationMs: number;
  /** Tokens that both sides know of: hidden wherever they stand. */
  tokens: readonly (string | undefined)[];
}

type WireHeaders = Record<string, string | number | readonly string[] | undefined>;

const FLUSH_AFTER_MS = 500;
/** What is not stored yet, over all partners and however slow the database: more is dropped and counted. */
const MOST_HELD = 2000;
const MOST_HELD_CHARACTERS = 16_000_000;
const MOST_IN_STATEMENT = 100;
const TRIM_EVERY_MS = 10_000;
/** Of what is kept of a partner at most: a burst is trimmed when it added this much, not only when the time has come. */
const TRIM_AFTER_SHARE = 0.1;
const BEYOND_CUT = 16_384;
/** Longer than any token in any encoding: the end of a shortened body may be a part of one, which masking does not know. */
const TORN = 600;

// The lock waits for whoever deletes the connection, and then there is nothing to store for; of one connection at a time,
// so that nobody waits in a circle.
const INSERT = `INSERT INTO partner_message (connection_id, at, direction, module, method, url, http_status, ocpi_status,
    failure, duration_ms, request_id, correlation_id, request_headers, request_body,
    response_headers, response_body, size)
  SELECT c.id, m.* FROM set_config('synchronous_commit', 'off', true),
    (SELECT id FROM connection WHERE id = $1 FOR KEY SHARE) AS c,
    json_to_recordset($2::json) AS m (at timestamptz, direction text, module text, method text,
    url text, http_status int, ocpi_status int, failure text, duration_ms int, request_id text, correlation_id text,
    request_headers jsonb, request_body text, response_headers jsonb, response_body text, size int)`;

const TRIM = `DELETE FROM partner_message WHERE connection_id = $1 AND id IN (
    SELECT id FROM (SELECT id, row_number() OVER newest AS position, sum(size) OVER newest AS total
      FROM partner_message WHERE connection_id = $1 WINDOW newest AS (ORDER BY id DESC)) counted
     WHERE position > $2 OR total > $3)`;

/**
 * Keeps what is exchanged with partners whose trace is on, secrets masked, for people who look at an integration. Nobody
 * waits for it and nothing fails by it: messages are stored in batches, what comes too fast is dropped and counted. How
 * much is kept of one partner is bounded.
 */
@Injectable()
export class MessageTrace implements OnApplicationShutdown {
  private readonly log = createLogger('message-trace');
  private waiting: { connectionId: string; text: string }[] = [];
  private heldMessages = 0;
  private heldCharacters = 0;
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> = Promise.resolve();
  /** When a connection's messages were trimmed, and what share of their most was added since. */
  private readonly trimmed = new Map<string, { at: number; share: number }>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly directory: ConnectionDirectory,
    private readonly settings: GatewaySettings,
    private readonly metrics: Metrics,
  ) {}

  /** Whether messages of this connection are kept now; costs a look into memory. */
  isOn(connectionId: string): boolean {
    const connection = this.directory.get(connectionId);
    return connection !== undefined && isTraced(connection);
  }

  /** Takes a message of a traced connection; never throws. */
  record(message: ExchangedMessage): void {
    try {
      const text = JSON.stringify(this.rowOf(message));
      if (
        this.heldMessages >= MOST_HELD ||
        this.heldCharacters + text.length > MOST_HELD_CHARACTERS
      ) {
        this.metrics.tracedMessagesDroppedTotal.inc();
        return;
      }
      this.waiting.push({ connectionId: message.connectionId, text });
      this.heldMessages += 1;
      this.heldCharacters += text.length;
      this.timer ??= setTimeout(() => void this.flush(), FLUSH_AFTER_MS);
    } catch (error) {
      this.metrics.tracedMessagesDroppedTotal.inc();
      this.log.warn({ err: error }, 'a message could not be traced');
    }
  }

  /** Stores what waits; never throws. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const rows = this.waiting;
    this.waiting = [];
    this.flushing = this.flushing.then(() => this.store(rows));
    return this.flushing;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  private async store(rows: readonly { connectionId: string; text: string }[]): Promise<void> {
    for (const [connectionId, own] of Map.groupBy(rows, (row) => row.connectionId)) {
      for (let start = 0; start < own.length; start += MOST_IN_STATEMENT) {
        const texts = own.slice(start, start + MOST_IN_STATEMENT).map(({ text }) => text);
        try {
          await this.dataSource.query(INSERT, [connectionId, `[${texts.join(',')}]`]);
        } catch (error) {
          this.metrics.tracedMessagesDroppedTotal.inc(texts.length);
          this.log.warn({ err: error, messages: texts.length }, 'messages could not be kept');
        }
        const characters = texts.reduce((sum, text) => sum + text.length, 0);
        this.heldMessages -= texts.length;
        this.heldCharacters -= characters;
        await this.trim(connectionId, { messages: texts.length, characters });
      }
    }
  }

  private async trim(
    connectionId: string,
    added: { messages: number; characters: number },
  ): Promise<void> {
    const { traceMessages, traceMegabytes } = this.settings;
    const mostCharacters = traceMegabytes * 1_000_000;
    const now = performance.now();
    const last = this.trimmed.get(connectionId) ?? { at: -Infinity, share: 0 };
    const share = last.share + added.messages / traceMessages + added.characters / mostCharacters;
    if (now - last.at < TRIM_EVERY_MS && share <= TRIM_AFTER_SHARE) {
      this.trimmed.set(connectionId, { at: last.at, share });
      return;
    }
    this.trimmed.set(connectionId, { at: now, share: 0 });
    try {
      await this.dataSource.query(TRIM, [connectionId, traceMessages, mostCharacters]);
    } catch (error) {
      this.log.warn({ err: error, connection: connectionId }, 'a trace could not be trimmed');
    }
  }

  private rowOf(message: ExchangedMessage) {
    const { connectionId, answer, tokens, requestBody } = message;
    const request = this.kept(requestBody, tokens);
    const response = this.kept(answer?.body, tokens);
    const url = storableText(masked(message.url, tokens), 4000);
    const requestHeaders = storedHeaders(message.requestHeaders, tokens);
    const responseHeaders = answer && storedHeaders(answer.headers, tokens);
    const headers = JSON.stringify([requestHeaders, responseHeaders]);
    return {
      at: message.at,
      direction: message.direction,
      module: message.module ?? moduleOfUrl(message.url, this.directory.get(connectionId)),
      method: message.method,
      url,
      http_status: answer?.httpStatus ?? null,
      ocpi_status: ocpiStatusIn(answer?.body),
      failure:
        message.failure === undefined ? null : storableText(masked(message.failure, tokens), 500),
      duration_ms: Math.round(message.durationMs),
      request_id: message.requestId,
      correlation_id: message.correlationId ?? null,
      request_headers: requestHeaders,
      request_body: request,
      response_headers: responseHeaders ?? null,
      response_body: response,
      size: url.length + headers.length + (request?.length ?? 0) + (response?.length ?? 0) + 200,
    };
  }

  /** Masked before it is cut, for a cut token would not be recognised; more than a little beyond the cut is not looked at. */
  private kept(body: string | undefined, tokens: ExchangedMessage['tokens']): string | null {
    if (body === undefined || body === '') return null;
    const { traceBodyCharacters } = this.settings;
    const most = traceBodyCharacters + BEYOND_CUT;
    const shown = masked(body.slice(0, most), tokens);
    const near = body.length > most ? shown.slice(0, -TORN) : shown;
    const text = storableText(near, traceBodyCharacters);
    const isCut = Math.max(near.length, body.length - BEYOND_CUT) > traceBodyCharacters;
    return isCut ? `${text}… [cut: ${body.length} characters in all]` : text;
  }
}

/** Whether the messages of a connection are kept now. */
export const isTraced = ({ tracedUntil }: Pick<Connection, 'tracedUntil'>): boolean =>
  tracedUntil !== null && tracedUntil.getTime() > Date.now();

function storedHeaders(headers: WireHeaders, tokens: ExchangedMessage['tokens']) {
  return Object.fromEntries(
    Object.entries(maskedHeaders(headers, tokens))
      .slice(0, 100)
      .map(([name, value]) => [name, storableText(value, 2000)]),
  );
}

/** Our envelopes and most of others' begin or end with it; a body is not read in full for that. */
function ocpiStatusIn(body: string | undefined): number | null {
  if (body === undefined) return null;
  const ends = body.length > 2000 ? `${body.slice(0, 1000)} ${body.slice(-1000)}` : body;
  const [, code] = /"status_code"\s*:\s*(\d{4})\b/.exec(ends) ?? [];
  return code === undefined ? null : Number(code);
}
