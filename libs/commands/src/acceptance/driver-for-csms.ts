import { type SqlRunner } from '#change-log';
import { type DriverToken, type IdToken } from '#csms-contract';
import { foldId, partyKey, type Token } from '#ocpi';
import { groupIdTokenFor, idTagFor, idTokenFor } from '#ocpp';
import { aliasOf } from '../token-alias.js';

/** How the CSMS hears of a driver. */
interface Driver {
  token: DriverToken;
  id_tag: string;
  group_id_tag?: string;
  id_token: IdToken;
  group_id_token?: IdToken;
  authorization_reference?: string;
}

/** The driver of a command, in the words of both OCPPs; what is too long for 1.6 gets an alias in this transaction (CMD-44). */
export async function driverForCsms(
  tx: SqlRunner,
  token: Token,
  authorizationReference: string | undefined,
): Promise<Driver> {
  const { country_code, party_id, uid, type, contract_id, group_id } = token;
  const ownerKey = partyKey(token);
  const idTag =
    idTagFor(uid) ?? (await aliasOf(tx, { ownerKey, kind: type, name: foldId(uid), token }));
  const groupTag =
    group_id === undefined
      ? undefined
      : (idTagFor(group_id) ??
        (await aliasOf(tx, { ownerKey, kind: 'group', name: foldId(group_id) })));
  return {
    token: {
      country_code,
      party_id,
      uid,
      type,
      contract_id,
      ...(group_id !== undefined && { group_id }),
    },
    id_tag: idTag,
    ...(groupTag !== undefined && { group_id_tag: groupTag }),
    id_token: idTokenFor(token),
    ...(group_id !== undefined && { group_id_token: groupIdTokenFor(group_id) }),
    ...(authorizationReference !== undefined && {
      authorization_reference: authorizationReference,
    }),
  };
}
