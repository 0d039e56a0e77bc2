import { ALL_PARAMETERS, isTokenSql, NOBODY_ELSES } from './token-subject.js';

/** A message to the CSMS is about the token where it is it, or carries it in a request or a decision. */
export const MESSAGE_OF_TOKEN = `(strpos(upper(data), $4) > 0 AND (${[
  'data::json',
  "(data::json->'token')",
  "(data::json->'cdr_token')",
]
  .map(isTokenSql)
  .join(' OR ')}))`;

/** The question names no owner: the answer does, where the driver may charge. */
export const QUESTION_OF_TOKEN = `(strpos(upper(concat(body, answer)), $4) > 0
  AND CASE WHEN answer::json->'cdr_token' IS NOT NULL THEN ${isTokenSql("(answer::json->'cdr_token')")}
      ELSE upper(body::json->>'uid') = $2 AND ($3::text IS NULL OR coalesce(body::json->>'type', 'RFID') = $3) AND ${NOBODY_ELSES} END)`;

/** What is parked need not be JSON: the text of its token is looked at, and of what names no owner nothing is told. */
const PARKED_OF_TOKEN = `(SELECT count(*) = 3
   FROM upper(substring(convert_from(raw, 'LATIN1') FROM '"cdr_token"\\s*:\\s*(\\{[^}]*\\})')) AS named,
        unnest(ARRAY[$4, '"' || split_part($1, '*', 1) || '"', '"' || split_part($1, '*', 2) || '"']) AS part
  WHERE strpos(named, part) > 0)`;

/** Where a token may be named, and what is told of it; the trace is read apart. */
export const PLACES = [
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
    sql: `SELECT body::json AS record FROM session
           WHERE token_party_key = $1 AND strpos(upper(body), $4) > 0 AND ${isTokenSql("(body::json->'cdr_token')")}`,
  },
  {
    table: 'cdr',
    sql: `SELECT body::json AS record FROM cdr
           WHERE token_party_key = $1 AND strpos(upper(body), $4) > 0 AND ${isTokenSql("(body::json->'cdr_token')")}`,
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
            FROM authorization_request WHERE ${QUESTION_OF_TOKEN}`,
  },
  {
    table: 'csms_message',
    sql: `SELECT json_build_object('type', type, 'at', at, 'data', data::json) AS record
            FROM csms_message WHERE ${MESSAGE_OF_TOKEN}`,
  },
  {
    table: 'parked_event',
    sql: `SELECT json_build_object('id', id, 'type', type, 'subject', subject, 'reason', reason) AS record
            FROM parked_event WHERE ${PARKED_OF_TOKEN}`,
  },
  {
    table: 'location',
    sql: `SELECT json_build_object('location', party_key || '/' || location_key, 'publishAllowedTo', json_agg(shown)) AS record
            FROM location, json_array_elements(CASE json_typeof(body::json->'publish_allowed_to')
                   WHEN 'array' THEN body::json->'publish_allowed_to' END) AS shown
           WHERE NOT publish AND strpos(upper(body), $4) > 0 AND upper(shown->>'uid') = $2
             AND ($3::text IS NULL OR shown->>'type' IS NULL OR shown->>'type' = $3) AND ${NOBODY_ELSES}
           GROUP BY party_key, location_key`,
  },
].map(({ table, sql }) => ({
  table,
  sql: `SELECT record FROM (${sql}) AS found WHERE ${ALL_PARAMETERS}`,
}));
