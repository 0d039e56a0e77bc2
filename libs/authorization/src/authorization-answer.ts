import { type AuthorizationDecided, type AuthorizationRequested } from '#csms-contract';
import { namedQuery } from '#database';
import { foldId, partyKey } from '#ocpi';
import { authorizationStatus } from '#ocpp';
import { type DataSource } from 'typeorm';
import { type Decision, type Driver } from './decision.js';

/** Of OCPP 1.6. */
const MAX_PARENT_ID_TAG = 20;

/** A decision as the CSMS reads it. */
export async function authorizationAnswer(
  dataSource: DataSource,
  { country_code, party_id, authorization_id }: AuthorizationRequested,
  decision: Decision,
): Promise<AuthorizationDecided> {
  const { allowed, decidedBy: decided_by, info } = decision;
  const answer = {
    country_code,
    party_id,
    authorization_id,
    allowed,
    ocpp: authorizationStatus(allowed),
    decided_by,
    ...(info && { info }),
  };
  if (decision.allowed !== 'ALLOWED') return answer;
  const { authMethod: auth_method, driver, reference: authorization_reference } = decision;
  const { group_id, ...cdr_token } = driver;
  const group_id_tag = await groupTag(dataSource, driver);
  return {
    ...answer,
    auth_method,
    cdr_token,
    ...(group_id !== undefined && { group_id }),
    ...(group_id_tag !== undefined && { group_id_tag }),
    ...(authorization_reference !== undefined && { authorization_reference }),
  };
}

/** The group as stations of OCPP 1.6 know it: its id, or the alias that a command gave it; never a cut one (TOK-40). */
async function groupTag(dataSource: DataSource, driver: Driver): Promise<string | undefined> {
  const { group_id: group } = driver;
  if (group === undefined || group.length <= MAX_PARENT_ID_TAG) return group;
  const rows = await namedQuery<{ alias: string }>(
    dataSource,
    'authorization-group-alias',
    `SELECT alias FROM token_alias WHERE owner_key = $1 AND kind = 'group' AND name = $2`,
    [partyKey(driver), foldId(group)],
  );
  return rows[0]?.alias;
}
