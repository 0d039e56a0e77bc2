import { Body, Controller, Get, Param, Patch, Put, Query, Res } from '@nestjs/common';
import {
  decodeToken,
  encodeToken,
  mergeTokenPatch,
  OcpiError,
  type OcpiVersion,
  type PartyId,
  type Token,
} from '#ocpi';
import {
  type Connection,
  ConnectionObservations,
  findToken,
  isFarAhead,
  ownsTokensOf,
  type StoreOutcome,
  TokenWriter,
} from '#partners';
import { Clock } from '#platform';
import { type FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { answer } from '../http/answer.js';
import { callerOf } from '../http/caller.js';

interface TokenPath {
  countryCode: string;
  partyId: string;
  uid: string;
}

interface Named {
  connection: Connection;
  version: OcpiVersion;
  owner: PartyId;
  uid: string;
  /** The `type` query; 2.1.1 has none (TOK-03). */
  type: string | undefined;
}

/** The Receiver interface of Tokens (TOK-01 to TOK-17). */
@Controller('ocpi/:version/tokens/:countryCode/:partyId/:uid')
export class TokensController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly writer: TokenWriter,
    private readonly observations: ConnectionObservations,
    private readonly clock: Clock,
  ) {}

  @Get()
  async get(
    @Param() path: TokenPath,
    @Query('type') type: unknown,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    const named = nameOf(path, type, reply);
    return answer(reply, encodeToken(named.version, await this.stored(named)));
  }

  @Put()
  async put(
    @Param() path: TokenPath,
    @Query('type') type: unknown,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    const { connection, version, owner, uid, type: urlType } = nameOf(path, type, reply);
    const token = decodeToken(version, body, {
      urlParty: owner,
      urlUid: uid,
      ...(urlType !== undefined && { urlType }),
    });
    if (!token.ok) throw OcpiError.invalidParameters(token.errors);
    if (version !== '2.1.1' && urlType === undefined && token.value.type !== 'RFID') {
      this.observations.deviation(connection.id, 'token_type_not_in_url');
    }
    const outcome = await this.store(connection, token.value);
    return answer(reply, undefined, { httpStatus: outcome === 'created' ? 201 : 200 });
  }

  @Patch()
  async patch(
    @Param() path: TokenPath,
    @Query('type') type: unknown,
    @Body() body: unknown,
    @Res() reply: FastifyReply,
  ): Promise<FastifyReply> {
    const named = nameOf(path, type, reply);
    const stored = await this.stored(named);
    const merged = mergeTokenPatch(named.version, stored, body, this.clock.now());
    if (!merged.ok) throw OcpiError.invalidParameters(merged.errors);
    await this.store(named.connection, merged.value);
    return answer(reply, undefined);
  }

  /** @throws OcpiError 404 (TOK-08, TOK-09) */
  private async stored({ version, owner, uid, type }: Named): Promise<Token> {
    const usual = version === '2.1.1' ? undefined : 'RFID';
    const token = await findToken(this.dataSource, owner, uid, type ?? usual);
    if (!token) throw OcpiError.unknownObject('token', version);
    return token;
  }

  private async store(connection: Connection, token: Token): Promise<StoreOutcome> {
    if (isFarAhead(token, this.clock.now())) {
      this.observations.deviation(connection.id, 'token_last_updated_far_ahead');
    }
    const outcome = await this.writer.store(connection.id, token);
    if (outcome === 'older') this.observations.deviation(connection.id, 'older_token_update');
    return outcome;
  }
}

/** Which token a URL names. @throws OcpiError 404 for a party that is none of the partner's (TRN-43) */
function nameOf(path: TokenPath, type: unknown, reply: FastifyReply): Named {
  const { connection, version } = callerOf(reply.request);
  const owner = { country_code: path.countryCode, party_id: path.partyId };
  if (!ownsTokensOf(connection, owner)) throw OcpiError.unknownObject('token', version);
  const given = version === '2.1.1' || typeof type !== 'string' || type === '' ? undefined : type;
  return { connection, version, owner, uid: path.uid, type: given };
}
