import { rowsOf } from '#change-log';
import { tokenUpserted } from '#csms-contract';
import { type Token } from '#ocpi';
import { type DataSource } from 'typeorm';
import { addCsmsMessages } from './add-csms-messages.js';

const CHUNK = 1000;
const ATTEMPTS = 5;
const DEADLOCK = '40P01';

/**
 * States every token that partners gave us anew, for a CSMS that has none yet or lost them; resolves to their number.
 * A transaction per chunk, rows locked against changes, so that no older state is told after a newer one.
 */
export async function restateTokens(dataSource: DataSource): Promise<number> {
  let stated = 0;
  for (let after: TokenPlace | undefined = BEFORE_ALL; after;) {
    const from: TokenPlace = after;
    const rows = await withRetry(() => restateChunk(dataSource, from));
    stated += rows.length;
    after = rows.at(-1);
  }
  return stated;
}

interface TokenPlace {
  partyKey: string;
  uidKey: string;
  type: string;
}

const BEFORE_ALL: TokenPlace = { partyKey: '', uidKey: '', type: '' };

/** Locks in the order in which batches of tokens are stored, so that the two wait for each other and do not deadlock. */
const restateChunk = (dataSource: DataSource, after: TokenPlace) =>
  dataSource.transaction(async (tx) => {
    const rows = await rowsOf<TokenPlace & { body: string }>(
      tx,
      `SELECT party_key AS "partyKey", uid_key AS "uidKey", type, body FROM token
        WHERE (party_key, uid_key, type) > ($1, $2, $3)
        ORDER BY party_key, uid_key, type LIMIT $4 FOR SHARE`,
      [after.partyKey, after.uidKey, after.type, CHUNK],
    );
    await addCsmsMessages(
      tx,
      rows.map(({ body }) => tokenUpserted(JSON.parse(body) as Token)),
    );
    return rows;
  });

/** Should it deadlock all the same, the chunk is done again. */
async function withRetry<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: string };
      if (code !== DEADLOCK || attempt === ATTEMPTS) throw error;
    }
  }
}
