import { Injectable } from '@nestjs/common';
import {
  OcpiError,
  type OcpiVersion,
  type PartnerDetails,
  readVersionDetails,
  readVersionList,
  tokenEncoding,
  type VersionEntry,
} from '#ocpi';
import { GatewaySettings } from '#platform';
import { PartnerClient, type UrlRefusal } from '../http/partner-client.js';
import { type PartnerAnswered } from '../http/partner-request.js';

export type WireEncoding = 'base64' | 'plain';

/** How a version writes the token in the header (TRN-06, TRN-07). */
export const encodingOf = (version: OcpiVersion): WireEncoding =>
  tokenEncoding(version) === 'raw' ? 'plain' : 'base64';

/** What we show a partner to be let in: its token, and how to write it. */
export interface Key {
  connectionId: string;
  token: string;
  encoding: WireEncoding;
}

/**
 * A partner's versions and details as they are read during a handshake. Everything that goes wrong is the partner's API
 * being unusable (3001, CRD-07), also a URL that vetting refuses: no request leaves for it (TRN-03).
 */
@Injectable()
export class PartnerApi {
  constructor(
    private readonly client: PartnerClient,
    private readonly settings: GatewaySettings,
  ) {}

  /** Tries the other way of writing the token once, when the first is answered by 401 (TRN-14). */
  async versions(url: string, key: Key): Promise<{ entries: VersionEntry[]; key: Key }> {
    const { data, key: used } = await this.get('versions', url, key, true);
    const list = readVersionList(data);
    if (!list.ok) throw unusable('the versions document cannot be read');
    return { entries: list.value, key: used };
  }

  async details(
    entry: VersionEntry,
    key: Key,
    mayProbe = true,
  ): Promise<{ details: PartnerDetails; key: Key }> {
    const { data, key: used } = await this.get('version details', entry.url, key, mayProbe);
    const details = readVersionDetails(data, entry.version);
    if (!details.ok) throw unusable('the version details cannot be read');
    for (const endpoint of details.value.endpoints) {
      const refusal = await this.client.vetUrl(endpoint.url);
      if (refusal) throw refused(endpoint.identifier, refusal);
    }
    return { details: details.value, key: used };
  }

  /** POST, PUT or DELETE on a credentials endpoint; the answer is the caller's to judge. */
  credentials(method: 'POST' | 'PUT' | 'DELETE', url: string, key: Key, body?: object) {
    return this.client.request({
      connectionId: key.connectionId,
      method,
      url,
      token: key.token,
      encoding: key.encoding,
      ...(body && { body: JSON.stringify(body) }),
      // The partner calls us back twice before it answers (CRD-22).
      timeoutMs: this.settings.handshakeTimeoutMs * 2,
    });
  }

  private async get(what: string, url: string, key: Key, mayProbe: boolean) {
    const refusal = await this.client.vetUrl(url);
    if (refusal) throw refused(`the ${what}`, refusal);
    const first = await this.request(url, key);
    const probe = mayProbe && first.kind === 'answered' && first.httpStatus === 401;
    const used = probe ? { ...key, encoding: otherEncoding(key.encoding) } : key;
    const answer = probe ? await this.request(url, used) : first;
    if (answer.kind === 'failed') throw unusable(`the ${what} cannot be reached: ${answer.reason}`);
    if (!isSuccessful(answer)) {
      throw unusable(
        `the ${what} answered HTTP ${answer.httpStatus} and ${answer.ocpiStatus ?? 'no status_code'}`,
      );
    }
    return { data: answer.data, key: used };
  }

  private request(url: string, { connectionId, token, encoding }: Key) {
    return this.client.request({
      connectionId,
      method: 'GET',
      url,
      token,
      encoding,
      timeoutMs: this.settings.handshakeTimeoutMs,
    });
  }
}

/** HTTP 2xx and a status code of 1xxx (STA-08, CRD-23). */
export const isSuccessful = (answer: PartnerAnswered): boolean =>
  answer.httpStatus >= 200 &&
  answer.httpStatus < 300 &&
  answer.ocpiStatus !== undefined &&
  answer.ocpiStatus >= 1000 &&
  answer.ocpiStatus < 2000;

const otherEncoding = (encoding: WireEncoding): WireEncoding =>
  encoding === 'plain' ? 'base64' : 'plain';

const unusable = (message: string): OcpiError => OcpiError.clientApiUnusable(message);

const refused = (whose: string, { reason, cause }: UrlRefusal): OcpiError =>
  OcpiError.clientApiUnusable(`the URL of ${whose}: ${reason}`, cause);
