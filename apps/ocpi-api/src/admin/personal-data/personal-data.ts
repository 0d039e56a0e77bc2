import { recordAct } from '#audit';
import { rowsOf } from '#change-log';
import { tokenRemoved } from '#csms-contract';
import { addCsmsMessages } from '#csms-requests';
import { type Token } from '#ocpi';
import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { Problem } from '../http/problem.js';
import { eraseRecords } from './erase-records.js';
import { type Erasure, type PersonalData } from './personal-data.dto.js';
import { MESSAGE_OF_TOKEN, PLACES, QUESTION_OF_TOKEN } from './places.js';
import {
  ALL_PARAMETERS,
  type NamedToken,
  parametersOf,
  tokenSubject,
  type TokenSubject,
} from './token-subject.js';
import { eraseTraced, exportTraced } from './traced-messages.js';
import { unfinished } from './unfinished.js';

type Counts = Erasure['removed'];

/** What is stored about the driver behind a token, for the law: all of it told, or all of it taken away. */
@Injectable()
export class TokenPersonalData {
  constructor(private readonly dataSource: DataSource) {}

  /** Everything that names the token, by the table it is in. */
  async export(named: NamedToken): Promise<PersonalData> {
    const subject = await tokenSubject(this.dataSource, named);
    const records: Record<string, unknown[]> = {};
    for (const { table, sql } of PLACES) {
      const rows = await rowsOf<{ record: unknown }>(this.dataSource, sql, parametersOf(subject));
      if (rows.length > 0) records[table] = rows.map(({ record }) => record);
    }
    const traced = await exportTraced(this.dataSource, subject);
    if (traced.length > 0) records['partner_message'] = traced;
    return { records };
  }

  /**
   * Removes the token, and puts a pseudonym into its Sessions and CDRs, which are kept as bills. The pseudonym is random, the same in all of
   * them, and stored nowhere else. @throws Problem 409 while something still needs the token, 404 when nothing names it
   */
  async erase(named: NamedToken): Promise<Erasure> {
    const { dataSource } = this;
    const subject = await tokenSubject(dataSource, named);
    const reasons = await unfinished(dataSource, subject);
    if (reasons.length > 0) {
      throw Problem.conflict(`The token is still needed: ${reasons.join(', ')}`);
    }
    const pseudonym = `ERASED-${randomBytes(8).toString('hex').toUpperCase()}`;
    const pseudonymised = {
      sessions: await eraseRecords(dataSource, 'session', subject, pseudonym),
      cdrs: await eraseRecords(dataSource, 'cdr', subject, pseudonym),
    };
    const namedByLocations = await this.locations(subject);
    // The token last: a call that was stopped half way finds by it what is left.
    const removed = await dataSource.transaction(async (tx) => {
      const counts = await removeAll(tx, subject);
      const done = [...Object.values(pseudonymised), ...(Object.values(counts) as number[])];
      if (done.every((count) => count === 0)) throw Problem.notFound('record of this token');
      await recordAct(tx);
      return counts;
    });
    return { pseudonym, pseudonymised, removed, namedByLocations };
  }

  /** `publish_allowed_to` is the CSMS's: it states the Location without the token, or it stays. */
  private async locations({ needle }: TokenSubject): Promise<string[]> {
    const rows = await rowsOf<{ name: string }>(
      this.dataSource,
      `SELECT party_key || '/' || location_key AS name FROM location
        WHERE NOT publish AND strpos(upper(body), $1) > 0 ORDER BY id`,
      [needle],
    );
    return rows.map(({ name }) => name);
  }
}

async function removeAll(tx: EntityManager, subject: TokenSubject): Promise<Counts> {
  const { partyKey, uidKey } = subject;
  const type = subject.type ?? null;
  const tokens = await gone<{ body: string }>(
    tx,
    `DELETE FROM token WHERE party_key = $1 AND uid_key = $2 AND ($3::text IS NULL OR type = $3) RETURNING body`,
    [partyKey, uidKey, type],
  );
  const aliases = await gone(
    tx,
    `DELETE FROM token_alias WHERE owner_key = $1 AND name = $2 AND kind <> 'group' AND kind = coalesce($3, kind)
      RETURNING alias`,
    [partyKey, uidKey, type],
  );
  const commands = await gone<{ id: string }>(
    tx,
    'DELETE FROM command WHERE sender_key = $1 AND driver_key = $2 AND outcome IS NOT NULL RETURNING id',
    [partyKey, uidKey],
  );
  await tx.query('DELETE FROM command_callback WHERE command_id = ANY($1)', [
    commands.map(({ id }) => id),
  ]);
  const reservations = await gone(
    tx,
    `DELETE FROM reservation WHERE sender_key = $1 AND driver_key = $2 AND state NOT IN ('pending', 'active')
      RETURNING number`,
    [partyKey, uidKey],
  );
  const questions = await gone(
    tx,
    `DELETE FROM authorization_request WHERE answered_at IS NOT NULL AND ${QUESTION_OF_TOKEN} AND ${ALL_PARAMETERS} RETURNING id`,
    parametersOf(subject),
  );
  // Also those that a CSMS has not taken: the removal below says all that is left to say.
  const messages = await gone(
    tx,
    `DELETE FROM csms_message
      WHERE type <> 'ocpi.token.removed.v1' AND ${MESSAGE_OF_TOKEN} AND ${ALL_PARAMETERS} RETURNING id`,
    parametersOf(subject),
  );
  const traced = await eraseTraced(tx, subject);
  await addCsmsMessages(
    tx,
    tokens.map(({ body }) => {
      const { country_code, party_id, uid, type: own } = JSON.parse(body) as Token;
      return tokenRemoved({ country_code, party_id, uid, type: own });
    }),
  );
  return {
    tokens: tokens.length,
    aliases: aliases.length,
    commands: commands.length,
    reservations: reservations.length,
    questions: questions.length,
    messages: messages.length,
    traced,
  };
}

async function gone<T = object>(
  tx: EntityManager,
  sql: string,
  parameters: unknown[],
): Promise<T[]> {
  const [rows] = await tx.query<[T[], number]>(sql, parameters);
  return rows;
}
