import { type OnApplicationShutdown } from '@nestjs/common';
import { authorizationHeader, readEnvelope, tokenEncoding, writeRouting } from '#ocpi';
import { isTracing, nestsTooDeep, newCorrelationId, newRequestId } from '#platform';
import { type SecureContext } from 'node:tls';
import { Agent, buildConnector, errors, Pool } from 'undici';
import {
  AddressPolicy,
  AddressRefusedError,
  type HostLookup,
  UnlistedError,
} from './address-policy.js';
import { DeadlineError, exchangeText } from './exchange-text.js';
import { type PartnerTls } from './partner-tls.js';
import { withoutToken } from './token-echo.js';
import { exchangeInSpan } from './exchange-span.js';
import { type ExchangedMessage, type MessageTrace } from '../message-trace/message-trace.js';
import { type PartnerAnswer, type PartnerFailed, type PartnerRequest } from './partner-request.js';

export interface PartnerClientOptions {
  /** Hosts and networks that may be plain HTTP, loopback or private. */
  allowlist: readonly string[];
  lookup?: HostLookup;
  /** More than this is not read. */
  maxResponseBytes?: number;
  /** Keeps what is exchanged with partners whose trace is on. */
  trace?: Pick<MessageTrace, 'isOn' | 'record'>;
  /** Node's own defaults without; closed with the client. */
  tls?: PartnerTls;
}

/** Why a URL is not called. */
export interface UrlRefusal {
  /** Fit for the partner: one sentence for whatever our DNS says, so that nobody learns our inner names from it. */
  reason: string;
  /** What our DNS said, for log and operator. */
  cause?: unknown;
}

const MAX_RESPONSE_BYTES = 10 * 1024 * 1024;

/**
 * The one way out to partners. Every request carries Authorization (TRN-73) and fresh message ids (TRN-62), follows no
 * redirect, and leaves for vetted addresses only, judged when the connection is made (P13). It never throws: what
 * happened is in the answer. Connections are kept alive per origin.
 */
export class PartnerClient implements OnApplicationShutdown {
  private readonly policy: AddressPolicy;
  private readonly agent: Agent;
  private readonly trace: PartnerClientOptions['trace'];
  private readonly tls: PartnerTls | undefined;

  constructor(options: PartnerClientOptions) {
    this.policy = new AddressPolicy(options.allowlist, options.lookup);
    this.trace = options.trace;
    this.tls = options.tls;
    this.agent = new Agent({
      factory: (origin, settings) =>
        new Pool(origin, {
          ...(settings as Pool.Options),
          connect: this.connectorFor(new URL(origin)),
          maxResponseSize: options.maxResponseBytes ?? MAX_RESPONSE_BYTES,
          keepAliveTimeout: 30_000,
        }),
    });
  }

  /** Why this URL may not be called, its name resolved now; undefined when it may. */
  async vetUrl(url: string): Promise<UrlRefusal | undefined> {
    const reason = this.policy.refusalOf(url);
    if (reason !== undefined) {
      return this.policy.mayBeListed(url) ? { reason, cause: new UnlistedError() } : { reason };
    }
    try {
      await this.policy.resolve(new URL(url));
      return undefined;
    } catch (cause) {
      return { reason: 'its host has no address that may be called', cause };
    }
  }

  request(request: PartnerRequest): Promise<PartnerAnswer> {
    return isTracing()
      ? exchangeInSpan(request, () => this.exchange(request))
      : this.exchange(request);
  }

  /** Ends idle connections and cuts what is in flight. */
  async close(): Promise<void> {
    this.tls?.close();
    await this.agent.destroy();
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  private async exchange(request: PartnerRequest): Promise<PartnerAnswer> {
    const requestId = newRequestId();
    const startedAt = performance.now();
    const sentHeaders = headersOf(request, requestId);
    const keep = (outcome: Pick<ExchangedMessage, 'answer' | 'failure'>): void => {
      if (this.trace?.isOn(request.connectionId) !== true) return;
      const durationMs = performance.now() - startedAt;
      this.trace.record(exchangedMessage(request, sentHeaders, durationMs, outcome));
    };
    const failed = (reason: PartnerFailed['reason'], message: string): PartnerFailed => {
      keep({ answer: undefined, failure: `${reason}: ${message}` });
      const durationMs = Math.round(performance.now() - startedAt);
      return { kind: 'failed', reason, message, durationMs, requestId };
    };
    const url = URL.parse(request.url);
    const refusal = this.policy.refusalOf(url ?? request.url);
    if (refusal !== undefined || !url) return failed('address-refused', refusal ?? 'not a URL');

    try {
      const { status, headers, text } = await exchangeText(
        this.agent,
        {
          origin: url.origin,
          path: (request.isExact && exactTarget(request.url)) || `${url.pathname}${url.search}`,
          method: request.method,
          headers: sentHeaders,
          body: request.body ?? null,
        },
        { timeoutMs: request.timeoutMs, signal: request.signal },
      );
      keep({ answer: { httpStatus: status, headers, body: text } });
      const envelope = readEnvelope(parseJson(text));
      return {
        kind: 'answered',
        httpStatus: status,
        ocpiStatus: envelope?.statusCode,
        statusMessage:
          envelope?.statusMessage && withoutToken(envelope.statusMessage, request.token),
        data: envelope?.data,
        headers,
        text: withoutToken(text, request.token),
        durationMs: Math.round(performance.now() - startedAt),
        requestId,
      };
    } catch (error) {
      return failed(...reasonOf(error, request.signal?.aborted === true));
    }
  }

  /** Connects with the certificates of the moment. */
  private connectorFor(origin: URL): buildConnector.connector {
    const lookup = this.lookupFor(origin) as never;
    const connectorWith = (secureContext: SecureContext | undefined) =>
      buildConnector({ lookup, ...(secureContext && { secureContext }) });
    let context = this.tls?.context;
    let connect = connectorWith(context);
    return (options, callback) => {
      if (this.tls?.context !== context) {
        context = this.tls?.context;
        connect = connectorWith(context);
      }
      connect(options, callback);
    };
  }

  /** Node asks for the address while it connects, so what is judged is what is dialled, whatever DNS said before. */
  private lookupFor(origin: URL) {
    return (
      _hostname: string,
      options: { all?: boolean },
      callback: (error: Error | null, address?: unknown, family?: number) => void,
    ): void => {
      this.policy.resolve(origin).then(
        (addresses) => {
          if (options.all === true) callback(null, addresses);
          else callback(null, addresses[0]?.address, addresses[0]?.family);
        },
        (error: unknown) => callback(error as Error),
      );
    };
  }
}

/** What follows the host as it was written; undefined where a request line cannot hold it, or it is no plain URL. */
function exactTarget(url: string): string | undefined {
  const [, rest] = /^https?:\/\/[^/?#\\]+((?:[/?][!-~]*)?)$/i.exec(url) ?? [];
  const target = rest?.replace(/#.*$/, '');
  if (target === undefined) return undefined;
  return target.startsWith('/') ? target : `/${target}`;
}

function headersOf(request: PartnerRequest, requestId: string): Record<string, string> {
  const { token, version, encoding, routing, correlationId, body } = request;
  const form =
    encoding == null
      ? tokenEncoding(version ?? '2.2.1')
      : encoding === 'plain'
        ? ('raw' as const)
        : encoding;
  return {
    ...(token !== undefined && { Authorization: authorizationHeader(token, form) }),
    Accept: 'application/json',
    'X-Request-ID': requestId,
    'X-Correlation-ID': correlationId ?? newCorrelationId(),
    ...(routing && writeRouting(routing)),
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
  };
}

function exchangedMessage(
  { connectionId, method, url, body, token }: PartnerRequest,
  headers: Record<string, string>,
  durationMs: number,
  outcome: Pick<ExchangedMessage, 'answer' | 'failure'>,
): ExchangedMessage {
  return {
    connectionId,
    at: new Date(Date.now() - durationMs),
    direction: 'out',
    method,
    url,
    requestId: headers['X-Request-ID'] ?? '',
    correlationId: headers['X-Correlation-ID'],
    requestHeaders: headers,
    requestBody: body,
    durationMs,
    tokens: [token],
    ...outcome,
  };
}

/** Undefined for what is no JSON, or nests so deep that it would overflow the stack of whoever walks it. */
function parseJson(text: string): unknown {
  try {
    return nestsTooDeep(text) ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown, aborted: boolean): [PartnerFailed['reason'], string] {
  const refused = findCause(error, AddressRefusedError);
  if (refused) return ['address-refused', refused.message];
  if (error instanceof DeadlineError) return ['timeout', 'no answer in time'];
  if (aborted) return ['aborted', 'given up by us'];
  if (error instanceof errors.ResponseExceededMaxSizeError) {
    return ['too-large', 'the answer is too large'];
  }
  if (error instanceof errors.ConnectTimeoutError) return ['timeout', 'no connection in time'];
  const code = (error as { code?: unknown } | undefined)?.code;
  const message = error instanceof Error ? error.message : String(error);
  return ['network', message === '' && typeof code === 'string' ? code : message];
}

function findCause<T>(error: unknown, type: new (reason: string) => T): T | undefined {
  let current = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    if (current instanceof type) return current;
    current = current.cause;
  }
  return undefined;
}
