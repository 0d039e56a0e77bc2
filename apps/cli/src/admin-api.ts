import { request } from 'undici';
import { CliError } from './cli-error.js';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface Problem {
  detail?: string;
  errors?: { field: string; message: string }[];
}

/** The admin API of the gateway: JSON in, JSON out. @throws CliError with the gateway's words */
export class AdminApi {
  constructor(
    private readonly baseUrl: string,
    /** A key, or a token of the issuer. */
    private readonly key: () => Promise<string>,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  async call<T>(method: Method, path: string, body?: unknown): Promise<T> {
    const { status, text } = await this.send(method, path, body);
    if (status >= 300) throw new CliError(refusal(this.baseUrl, status, text));
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  private async send(method: Method, path: string, body: unknown) {
    const headers = {
      authorization: `Bearer ${await this.key()}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    try {
      const answer = await request(`${this.baseUrl.replace(/\/+$/, '')}/admin/v1/${path}`, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        headersTimeout: 120_000,
      });
      return { status: answer.statusCode, text: await answer.body.text() };
    } catch (error) {
      const reason = error instanceof Error ? causeOf(error) : String(error);
      throw new CliError(
        `cannot reach the admin API at ${this.baseUrl} (${reason}); set OCPI_ADMIN_URL to the internal port of ocpi-api`,
        { cause: error },
      );
    }
  }
}

function refusal(baseUrl: string, status: number, text: string): string {
  const { detail, errors } = problemIn(text);
  if (status === 401 && detail !== undefined) {
    return detail.startsWith('Not signed in')
      ? `${detail}: set OCPI_ADMIN_TOKEN to a fresh one`
      : 'the admin key is wrong: set OCPI_ADMIN_KEY to that of the gateway';
  }
  if (errors && errors.length > 0) {
    return errors.map(({ field, message }) => `${field}: ${message}`).join('; ');
  }
  return (
    detail ??
    `HTTP ${status} from ${baseUrl}, which is no admin API: is OCPI_ADMIN_URL the internal port of ocpi-api?`
  );
}

function problemIn(text: string): Problem {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return {};
  }
}

const causeOf = (error: Error & { code?: string }): string =>
  error.code ?? (error.message === '' ? error.name : error.message);

/** A path of segments that may hold anything. */
export const at = (...segments: string[]): string => segments.map(encodeURIComponent).join('/');
