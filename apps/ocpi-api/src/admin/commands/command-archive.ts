import { Injectable } from '@nestjs/common';
import { foldId } from '#ocpi';
import { DataSource } from 'typeorm';
import { Problem } from '../http/problem.js';
import {
  type CallbackView,
  type CommandDetails,
  type CommandQuery,
  type CommandView,
  type ReservationQuery,
  type ReservationView,
} from './command.dto.js';

const COLUMNS = `c.id, c.kind, c.connection_id AS "connectionId", c.version, c.party_key AS party, c.sender_key AS sender,
  c.location_key AS location, c.evse_key AS evse, c.session_key AS session,
  c.reservation_number AS "reservationNumber", c.received_at AS "receivedAt", c.deadline,
  c.taken_on_at AS "takenOnAt", c.finished_at AS "finishedAt", c.outcome, c.dropped_results AS "droppedResults",
  ARRAY(SELECT b.state FROM command_callback b WHERE b.command_id = c.id ORDER BY b.id) AS "callbackStates"`;

const LIST = `SELECT ${COLUMNS} FROM command c
  WHERE ($1::text IS NULL OR c.connection_id = $1) AND ($2::text IS NULL OR c.session_key = $2)
    AND ($3::timestamptz IS NULL OR c.received_at < $3)
    AND ($4::text IS NULL OR (c.outcome IS NULL) = ($4 = 'open'))
    AND ($5::boolean IS NOT TRUE OR EXISTS (SELECT FROM command_callback b
          WHERE b.command_id = c.id AND b.state IN ('refused', 'failed', 'unknown')))
  ORDER BY c.received_at DESC, c.id LIMIT $6`;

const CALLBACKS = `SELECT id, purpose, response_url AS "responseUrl", state, body, sent_at AS "sentAt",
    expires_at AS "expiresAt", note FROM command_callback WHERE command_id = $1 ORDER BY id`;

const RESERVATIONS = `SELECT number, connection_id AS "connectionId", party_key AS party, sender_key AS sender,
    reservation_key AS reservation, location_key AS location, evse_key AS evse, session_key AS session, state,
    expiry_date AS "expiryDate", created_at AS "createdAt", ended_at AS "endedAt", command_id AS "commandId"
  FROM reservation
  WHERE ($1::text IS NULL OR connection_id = $1) AND ($2::text IS NULL OR session_key = $2)
    AND ($3::timestamptz IS NULL OR created_at < $3) AND ($4::text IS NULL OR state = $4)
  ORDER BY number DESC LIMIT $5`;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const LEAST_UUID = '00000000-0000-0000-0000-000000000000';
const GREATEST_UUID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const LEAST_PREFIX = 8;
const USUAL_LIMIT = 100;

type CommandRow = Pick<CommandView, keyof CommandView> & { body: string; result: string | null };

/** Partners' commands and reservations, for operators. */
@Injectable()
export class CommandArchive {
  constructor(private readonly dataSource: DataSource) {}

  list(query: CommandQuery): Promise<CommandView[]> {
    const { state, undelivered, limit = USUAL_LIMIT } = query;
    const parameters = [...filterOf(query), state ?? null, undelivered === 'true', limit];
    return this.dataSource.query(LIST, parameters);
  }

  /** By its id or a beginning of it that is its alone. @throws Problem 404, 400 where several begin so */
  async get(id: string): Promise<CommandDetails> {
    const [row, another] = isIdPrefix(id)
      ? await this.dataSource.query<CommandRow[]>(
          `SELECT ${COLUMNS}, c.body, c.result FROM command c WHERE c.id BETWEEN $1 AND $2 LIMIT 2`,
          [id + LEAST_UUID.slice(id.length), id + GREATEST_UUID.slice(id.length)],
        )
      : [];
    if (!row) throw Problem.notFound(`command ${id}`);
    if (another) throw Problem.invalid([SEVERAL]);
    const callbacks = await this.dataSource.query<CallbackView[]>(CALLBACKS, [row.id]);
    const result: unknown = row.result === null ? null : JSON.parse(row.result);
    return { ...row, body: JSON.parse(row.body) as unknown, result, callbacks };
  }

  reservations(query: ReservationQuery): Promise<ReservationView[]> {
    const { state, limit = USUAL_LIMIT } = query;
    return this.dataSource.query(RESERVATIONS, [...filterOf(query), state ?? null, limit]);
  }
}

const isIdPrefix = (text: string): boolean =>
  text.length >= LEAST_PREFIX && UUID.test(text + LEAST_UUID.slice(text.length));

const SEVERAL = { path: 'id', message: 'several commands begin so, write more of it' };

const filterOf = ({
  connection,
  session,
  before,
}: Pick<CommandQuery, 'connection' | 'session' | 'before'>) => [
  connection ?? null,
  session === undefined ? null : foldId(session),
  before ?? null,
];
