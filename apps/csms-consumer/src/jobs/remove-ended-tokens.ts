import { rowsOf } from '#change-log';
import { tokenRemoved } from '#csms-contract';
import { addCsmsMessages } from '#csms-requests';
import { type Token } from '#ocpi';
import { type DataSource } from 'typeorm';

const CHUNK = 1000;

/**
 * Tokens of a partner that unregistered: nobody vouches for them any longer, so their rows go and the CSMS hears of each.
 * In transactions of a chunk, for a long one would hold back all that reads the change log. The connection is locked, so
 * that a partner that registers again meanwhile brings its tokens after, not amid, the removal.
 */
export async function removeEndedTokens(dataSource: DataSource): Promise<void> {
  for (let removed = CHUNK; removed === CHUNK;) removed = await removeChunk(dataSource);
}

const removeChunk = (dataSource: DataSource): Promise<number> =>
  dataSource.transaction(async (tx) => {
    const ended = await rowsOf<{ id: string }>(
      tx,
      `SELECT c.id FROM connection c WHERE c.state = 'unregistered'
          AND EXISTS (SELECT FROM token t WHERE t.connection_id = c.id) LIMIT 1 FOR SHARE`,
    );
    if (!ended[0]) return 0;
    const rows = await rowsOf<{ body: string }>(
      tx,
      `WITH chunk AS (
         SELECT id FROM token WHERE connection_id = $1
          ORDER BY party_key, uid_key, type LIMIT $2 FOR UPDATE
       ), gone AS (
         DELETE FROM token t USING chunk WHERE t.id = chunk.id RETURNING t.body
       ) SELECT body FROM gone`,
      [ended[0].id, CHUNK],
    );
    await addCsmsMessages(
      tx,
      rows.map(({ body }) => {
        const { country_code, party_id, uid, type } = JSON.parse(body) as Token;
        return tokenRemoved({ country_code, party_id, uid, type });
      }),
    );
    return rows.length;
  });
