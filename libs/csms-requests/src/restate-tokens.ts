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
  for (let afterId = 0; ;) {
    const chunk = await withRetry(() => restateChunk(dataSource, afterId));
    stated += chunk.count;
    if (chunk.lastId === undefined) return stated;
    afterId = chunk.lastId;
  }
}

const restateChunk = (dataSource: DataSource, afterId: number) =>
  dataSource.transaction(async (tx) => {
    const rows = await rowsOf<{ id: number; body: string }>(
      tx,
      'SELECT id, body FROM token WHERE id > $1 ORDER BY id LIMIT $2 FOR SHARE',
      [afterId, CHUNK],
    );
    await addCsmsMessages(
      tx,
      rows.map(({ body }) => tokenUpserted(JSON.parse(body) as Token)),
    );
    return { count: rows.length, lastId: rows.at(-1)?.id };
  });

/** A batch of tokens that arrives meanwhile may lock the same rows in another order. */
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
