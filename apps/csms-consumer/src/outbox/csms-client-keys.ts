import { rowsOf } from '#change-log';
import { hashToken } from '#partners';
import { Injectable, UnauthorizedException } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Whose key was shown. */
export interface KnownCsmsClient {
  name: string;
  parties: string[];
  hasWebhook: boolean;
}

/** Recognises the CSMS that asks for its messages. */
@Injectable()
export class CsmsClientKeys {
  constructor(private readonly dataSource: DataSource) {}

  /** The client of an `Authorization: Bearer` header. @throws UnauthorizedException */
  async clientOf(authorization: string | undefined): Promise<KnownCsmsClient> {
    const key = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
    if (key === undefined)
      throw new UnauthorizedException('Authorization: Bearer <key> is missing');
    const [client] = await rowsOf<KnownCsmsClient>(
      this.dataSource,
      `SELECT name, parties, webhook_url IS NOT NULL AS "hasWebhook"
         FROM csms_client WHERE key_hash = $1`,
      [hashToken(key)],
    );
    if (!client) throw new UnauthorizedException('no client has this key');
    return client;
  }
}
