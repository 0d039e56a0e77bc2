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
import { type NamedToken, tokenSubject, type TokenSubject } from './token-subject.js';
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
      const rows = await rowsOf<{ record: unknown }>(this.dataSource, typed(sql), [
        subject.partyKey,
        subject.uidKey,
        subject.type ?? null,
        subject.needle,
      ]);
      if (rows.length > 0) records[table] = rows.map(({ record }) => record);
    }
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
    // The token last: a call that was stopped half way finds by it what is left.
    const removed = await dataSource.transaction((tx) => removeAll(tx, subject));
    const { sessions, cdrs } = pseudonymised;
    const done = [sessions, cdrs, ...(Object.values(removed) as number[])];
    if (done.every((count) => count === 0)) throw Problem.notFound('record of this token');
    return { pseudonym, pseudonymised, removed, namedByLocations: await this.locations(subject) };
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
  const { partyKey, uidKey, needle } = subject;
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
    `DELETE FROM authorization_request WHERE answered_at IS NOT NULL AND strpos(upper(body), $1) > 0 RETURNING id`,
    [needle],
  );
  // Also those that a CSMS has not taken: the removal below says all that is left to say.
  const messages = await gone(
    tx,
    `DELETE FROM csms_message WHERE type <> 'ocpi.token.removed.v1' AND strpos(upper(data), $1) > 0 RETURNING id`,
    [needle],
  );
  const traced = await gone(
    tx,
    `DELETE FROM partner_message WHERE EXISTS (SELECT FROM unnest($1::text[]) AS named
       WHERE strpos(upper(concat(url, request_body, response_body)), named) > 0) RETURNING id`,
    [subject.identifiers],
  );
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
    traced: traced.length,
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

/** `$1` party, `$2` uid, `$3` type or null, `$4` the uid as JSON texts hold it. */
const PLACES = [
  {
    table: 'token',
    sql: `SELECT body::json AS record FROM token
           WHERE party_key = $1 AND uid_key = $2 AND ($3::text IS NULL OR type = $3)`,
  },
  {
    table: 'token_alias',
    sql: `SELECT json_build_object('alias', alias, 'type', kind, 'token', token::json) AS record FROM token_alias
           WHERE owner_key = $1 AND name = $2 AND kind <> 'group' AND kind = coalesce($3, kind)`,
  },
  {
    table: 'session',
    sql: `SELECT body::json AS record FROM session WHERE token_party_key = $1 AND strpos(upper(body), $4) > 0`,
  },
  {
    table: 'cdr',
    sql: `SELECT body::json AS record FROM cdr WHERE token_party_key = $1 AND strpos(upper(body), $4) > 0`,
  },
  {
    table: 'command',
    sql: `SELECT json_build_object('kind', kind, 'receivedAt', received_at, 'outcome', outcome, 'body', body::json) AS record
            FROM command WHERE sender_key = $1 AND driver_key = $2`,
  },
  {
    table: 'reservation',
    sql: `SELECT json_build_object('number', number, 'state', state, 'expiryDate', expiry_date, 'body', body::json) AS record
            FROM reservation WHERE sender_key = $1 AND driver_key = $2`,
  },
  {
    table: 'authorization_request',
    sql: `SELECT json_build_object('question', body::json, 'answer', answer::json) AS record
            FROM authorization_request WHERE strpos(upper(body), $4) > 0`,
  },
  {
    table: 'csms_message',
    sql: `SELECT json_build_object('type', type, 'at', at, 'data', data::json) AS record
            FROM csms_message WHERE strpos(upper(data), $4) > 0`,
  },
  {
    table: 'partner_message',
    sql: `SELECT json_build_object('at', at, 'connection', connection_id, 'method', method, 'url', url,
                   'request', request_body, 'response', response_body) AS record
            FROM partner_message WHERE strpos(upper(concat(url, request_body, response_body)), $2) > 0`,
  },
  {
    table: 'parked_event',
    sql: `SELECT json_build_object('id', id, 'type', type, 'subject', subject, 'reason', reason) AS record
            FROM parked_event WHERE strpos(upper(convert_from(raw, 'LATIN1')), $4) > 0`,
  },
  {
    table: 'location',
    sql: `SELECT json_build_object('location', party_key || '/' || location_key,
                   'publishAllowedTo', body::json->'publish_allowed_to') AS record
            FROM location WHERE NOT publish AND strpos(upper(body), $4) > 0`,
  },
];

/** PostgreSQL wants a type for parameters that a statement does not use. */
const typed = (sql: string): string =>
  `SELECT record FROM (${sql}) AS found WHERE coalesce($1::text, $2::text, $3::text, $4::text) IS NOT NULL`;
