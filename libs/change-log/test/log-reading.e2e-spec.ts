import { openDataSource } from '#database';
import { type DataSource, type QueryRunner } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { eventually } from '../../../test/harness/wait-for.js';
import {
  acquireLeases,
  appendChanges,
  besideTheLog,
  ChangeLogSignal,
  CHANGES,
  type Cursor,
  endOf,
  FEEDS,
  pruneChanges,
  readHorizon,
  releaseLeases,
  renewLeases,
  startFeed,
  TailReader,
} from '../src/index.js';

const change = (objectId: number) => ({
  kind: 'evse' as const,
  objectId,
  aspect: 'status' as const,
  partyKey: 'NL*AAA',
});

describe('reading the change log', () => {
  let database: TestDatabase;
  let other: TestDatabase;
  let source: DataSource;
  let otherSource: DataSource;
  let signal: ChangeLogSignal;
  const open: QueryRunner[] = [];

  beforeAll(async () => {
    database = await createTestDatabase();
    other = await createTestDatabase();
    source = await openDataSource(database.url, 12);
    otherSource = await openDataSource(other.url, 4);
  });

  beforeEach(async () => {
    await source.query('TRUNCATE change, feed');
    signal = new ChangeLogSignal(source);
  });

  afterEach(async () => {
    for (const runner of open.splice(0)) {
      if (runner.isTransactionActive) await runner.rollbackTransaction();
      await runner.release();
    }
    await signal.close();
  });

  afterAll(async () => {
    await source.destroy();
    await otherSource.destroy();
    await database.drop();
    await other.drop();
  });

  async function transaction(on: DataSource): Promise<QueryRunner> {
    const runner = on.createQueryRunner();
    open.push(runner);
    await runner.startTransaction();
    return runner;
  }

  it('a change keeps all it was given, in the order it was given', async () => {
    const eventTime = new Date('2026-01-02T03:04:05.678Z');
    await appendChanges(source, [
      { ...change(1), evseId: 7, eventTime },
      {
        kind: 'connector',
        objectId: 1,
        evseId: 7,
        connectorId: '2',
        aspect: 'fields',
        fields: ['tariff_ids', 'format'],
        partyKey: 'NL*AAA',
        versions: ['2.1.1'],
        connectionId: 'emsp',
        audience: 'NL*EMP',
      },
    ]);
    const tail = new TailReader(source, CHANGES);
    await tail.refresh();
    const { rows } = await tail.read({ xid: 0, seq: 0 }, 10);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ evseId: 7, fields: null, versions: null, eventTime });
    expect(rows[1]).toMatchObject({
      connectorId: '2',
      fields: ['tariff_ids', 'format'],
      versions: ['2.1.1'],
      connectionId: 'emsp',
      audience: 'NL*EMP',
    });
  });

  it('a row of a transaction that began first and commits last is read, not skipped', async () => {
    const tail = new TailReader(source, CHANGES);
    await tail.refresh();
    const slow = await transaction(source);
    await appendChanges(slow, [change(1)]);
    await appendChanges(source, [change(2)]);

    await tail.refresh();
    const early = await tail.read(endOf(0), 10);
    expect(early.rows.map((row) => row.objectId)).toEqual([]);

    await slow.commitTransaction();
    await tail.refresh();
    const late = await tail.read(early.end, 10);
    expect(late.rows.map((row) => row.objectId)).toEqual([1, 2]);
  });

  it('a long write in another database of the cluster does not freeze the horizon', async () => {
    const foreign = await transaction(otherSource);
    await appendChanges(foreign, [change(9)]);
    await appendChanges(source, [change(1)]);
    const { xid, heldBy } = await readHorizon(source);
    const [row] = await source.query<{ xid: number }[]>('SELECT max(xid) AS xid FROM change');
    expect(xid).toBeGreaterThan(row?.xid ?? Infinity);
    expect(heldBy).toBeUndefined();

    const own = await transaction(source);
    await appendChanges(own, [change(2)]);
    expect((await readHorizon(source)).heldBy).toBeDefined();
  });

  it('who writes beside the log holds no reader back, however long it takes', async () => {
    const beside = besideTheLog(source);
    const slow = await beside.connect();
    try {
      await slow.query('BEGIN');
      await slow.query('SELECT pg_current_xact_id()');
      await appendChanges(source, [change(1)]);
      const tail = new TailReader(source, CHANGES);
      await tail.refresh();
      const { rows } = await tail.read(endOf(0), 10);
      expect(rows.map((row) => row.objectId)).toEqual([1]);
      expect((await readHorizon(source)).heldBy).toBeUndefined();
    } finally {
      await slow.query('ROLLBACK');
      slow.release();
      await beside.end();
    }
  });

  it('no row is skipped or doubled while writers of two databases overlap at random', async () => {
    const tail = new TailReader(source, CHANGES, { windowRows: 50, pollMs: 5 });
    await tail.run(signal);
    const seen: number[] = [];
    let cursor: Cursor = endOf(tail.horizon - 1);
    const writing = new AbortController();
    const reader = (async () => {
      for (;;) {
        const wasWriting = !writing.signal.aborted;
        await tail.refresh();
        const { rows, end } = await tail.read(cursor, 7);
        seen.push(...rows.map((row) => row.objectId));
        cursor = end;
        if (!wasWriting && rows.length === 0) return;
      }
    })();

    let next = 0;
    const committed: number[] = [];
    const write = async (turn: number) => {
      const runner = source.createQueryRunner();
      const foreign = otherSource.createQueryRunner();
      try {
        for (let round = 0; round < 25; round += 1) {
          await foreign.startTransaction();
          await foreign.query('SELECT current_xid()');
          await runner.startTransaction();
          const ids = Array.from({ length: 1 + ((round * turn) % 4) }, () => (next += 1));
          for (const id of ids) {
            await appendChanges(runner, [change(id)]);
            await new Promise((resolve) => setTimeout(resolve, (id * 7) % 9));
          }
          if ((round + turn) % 5 === 0) await runner.rollbackTransaction();
          else {
            await runner.commitTransaction();
            committed.push(...ids);
            signal.notify();
          }
          await foreign.rollbackTransaction();
        }
      } finally {
        await runner.release();
        await foreign.release();
      }
    };
    await Promise.all([1, 2, 3].map(write));
    writing.abort();
    await reader;
    tail.stop();
    expect([...seen].sort((a, b) => a - b)).toEqual([...committed].sort((a, b) => a - b));
  });

  it('a reader behind the window gets the same rows from the table', async () => {
    const tail = new TailReader(source, CHANGES, { windowRows: 3 });
    await tail.refresh();
    const begin = endOf(tail.horizon - 1);
    for (let id = 1; id <= 10; id += 1) await appendChanges(source, [change(id)]);
    await tail.refresh();
    const ids: number[] = [];
    let page = await tail.read(begin, 4);
    while (page.rows.length > 0) {
      ids.push(...page.rows.map((row) => row.objectId));
      page = await tail.read(page.end, 4);
    }
    expect(ids).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(page.drained).toBe(true);
    expect(page.end.xid).toBe(tail.horizon - 1);
  });

  it('with nobody listening only the horizon moves; who comes then misses nothing', async () => {
    const tail = new TailReader(source, CHANGES, { whileHeard: true });
    await tail.refresh();
    const begin = endOf(tail.horizon - 1);
    await appendChanges(source, [change(1)]);
    await tail.refresh();
    expect(tail.newest).toBeUndefined();
    const heard: number[] = [];
    tail.onAdvance(() => heard.push(tail.newest?.objectId ?? 0));
    await appendChanges(source, [change(2)]);
    await tail.refresh();
    expect(heard).toEqual([2]);
    const { rows } = await tail.read(begin, 10);
    expect(rows.map((row) => row.objectId)).toEqual([1, 2]);
  });

  it('a commit is heard by a reader on another connection without waiting for its poll', async () => {
    const listening = new ChangeLogSignal(source);
    await listening.listen();
    const tail = new TailReader(source, CHANGES, { pollMs: 600_000 });
    await tail.run(listening);
    await appendChanges(source, [change(5)]);
    signal.notify();
    await eventually(() => tail.newest?.objectId === 5);
    tail.stop();
    await listening.close();
  });

  it('of two processes one gets the lease; who lost it stores no cursor', async () => {
    await startFeed(source, 'emsp');
    const ask = (owner: string, leaseSeconds: number) =>
      acquireLeases(source, FEEDS, { owner, leaseSeconds, keys: ['emsp'], limit: 5 });
    const [a, b] = ['00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0000-00000000000b'];
    const both = await Promise.all([ask(a, 60), ask(b, 60)]);
    expect(both.flat()).toHaveLength(1);
    const [winner, loser] = both[0].length === 1 ? [a, b] : [b, a];
    const position = { key: 'emsp', cursor: { xid: 5, seq: 5 }, generation: 0 };
    const lost = { owner: loser, leaseSeconds: 60, positions: [position] };
    expect(await renewLeases(source, FEEDS, lost)).toEqual(new Map());
    const kept = await renewLeases(source, FEEDS, { ...lost, owner: winner, leaseSeconds: 0 });
    expect(kept).toEqual(new Map([['emsp', 0]]));

    const [taken] = await ask(loser, 60);
    expect(taken).toMatchObject({ key: 'emsp', cursor: { xid: 5, seq: 5 } });
    const stale = { ...position, cursor: { xid: 1, seq: 1 } };
    await releaseLeases(source, FEEDS, { owner: winner, positions: [stale] });
    await releaseLeases(source, FEEDS, { owner: loser, positions: [position] });
    const [free] = await ask(winner, 60);
    expect(free?.cursor).toEqual({ xid: 5, seq: 5 });
  });

  it('a cursor of before an operator started the feed anew is not stored', async () => {
    await startFeed(source, 'emsp');
    const owner = '00000000-0000-0000-0000-00000000000a';
    await acquireLeases(source, FEEDS, { owner, leaseSeconds: 60, keys: ['emsp'], limit: 1 });
    await startFeed(source, 'emsp');
    const [before] = await source.query<object[]>('SELECT cursor_xid, cursor_seq FROM feed');
    const positions = [{ key: 'emsp', cursor: { xid: 1, seq: 1 }, generation: 0 }];
    const kept = await renewLeases(source, FEEDS, { owner, leaseSeconds: 60, positions });
    expect(kept).toEqual(new Map([['emsp', 1]]));
    expect(await source.query('SELECT cursor_xid, cursor_seq FROM feed')).toEqual([before]);
  });

  describe('pruning', () => {
    const feeds = () =>
      source.query<{ connection_id: string; snapshot: unknown; generation: number }[]>(
        'SELECT connection_id, snapshot, generation FROM feed ORDER BY connection_id',
      );

    it('P4 (partial: retention): a feed that had not read what is pruned walks over everything again, others go on', async () => {
      await appendChanges(source, [change(1), change(2)]);
      await source.query(`UPDATE change SET at = now() - interval '3 hours'`);
      await startFeed(source, 'ahead');
      await startFeed(source, 'behind');
      await source.query('UPDATE feed SET snapshot = NULL');
      await source.query(`UPDATE feed SET cursor_xid = 0 WHERE connection_id = 'behind'`);
      await source.query(
        // Not where it starts: that is behind whatever other databases of the cluster are still writing.
        `UPDATE feed SET cursor_xid = (SELECT max(xid) + 1 FROM change) WHERE connection_id = 'ahead'`,
      );
      expect(await pruneChanges(source, 2)).toBe(2);
      expect(await source.query('SELECT * FROM change')).toEqual([]);
      expect(await feeds()).toEqual([
        { connection_id: 'ahead', snapshot: null, generation: 0 },
        {
          connection_id: 'behind',
          snapshot: { kind: 'tariff', afterId: 0, isRestart: true, since: expect.any(String) },
          generation: 1,
        },
      ]);
    });

    it('a walk that began after the changes that are pruned is not begun again; an older one is', async () => {
      await startFeed(source, 'behind');
      const prune = async () => {
        await appendChanges(source, [change(1)]);
        await source.query(`UPDATE change SET at = now() - interval '3 hours'`);
        await source.query('UPDATE feed SET cursor_xid = 0');
        await pruneChanges(source, 2);
        return (await feeds())[0]?.generation;
      };
      expect(await prune()).toBe(1);
      expect(await prune()).toBe(1);
      await source.query(
        `UPDATE feed SET snapshot = snapshot || jsonb_build_object('since', now() - interval '4 hours')`,
      );
      expect(await prune()).toBe(2);
    });
  });
});
