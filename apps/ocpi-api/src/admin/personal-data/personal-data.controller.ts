import { Body, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';
import { foldId } from '#ocpi';
import { RequiresRole } from '../access/requires-role.js';
import { Audited, type AdminRequest } from '../audit/audited.js';
import { AdminController } from '../http/admin-controller.js';
import { PARTY_KEY } from '../http/party-key.js';
import { Erasure, PersonalData, TokenOfDriver } from './personal-data.dto.js';
import { TokenPersonalData } from './personal-data.js';
import { type NamedToken } from './token-subject.js';

/** The token itself is not named, nor what stands in the wrong place and may be its uid: an audit log is not erased. */
const partyOf = ({ body: { party } }: AdminRequest): string | undefined =>
  typeof party === 'string' && PARTY_KEY.test(party) ? party : undefined;
const detailsOf = (asked: AdminRequest): Record<string, unknown> => ({
  party: partyOf(asked),
  token: asked.body['token'],
});

@AdminController('personal-data', 'Tokens')
export class PersonalDataController {
  constructor(private readonly data: TokenPersonalData) {}

  @Post('exports')
  @RequiresRole('admin')
  @Audited('token.export', partyOf, detailsOf)
  @HttpCode(200)
  @ApiOperation({ summary: 'Everything stored that names a token (GDPR, article 15)' })
  @ApiResponse({ status: 200, type: PersonalData })
  export(@Body() driver: TokenOfDriver): Promise<PersonalData> {
    return this.data.export(named(driver));
  }

  @Post('erasures')
  @RequiresRole('admin')
  @Audited('token.erase', partyOf, detailsOf)
  @HttpCode(200)
  @ApiOperation({
    summary: 'Erases the driver behind a token (GDPR, article 17)',
    description:
      'The token goes, and the CSMS is told; Sessions and CDRs stay with a pseudonym. 409 while something still needs it.',
  })
  @ApiResponse({ status: 200, type: Erasure })
  erase(@Body() driver: TokenOfDriver): Promise<Erasure> {
    return this.data.erase(named(driver));
  }
}

const named = ({ party, token: { uid, type } }: TokenOfDriver): NamedToken => ({
  partyKey: party.toUpperCase(),
  uidKey: foldId(uid),
  type,
});
