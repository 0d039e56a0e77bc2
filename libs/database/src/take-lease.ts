import { type DataSource } from 'typeorm';

export interface TakenLease {
  /** When its job was last done, by whomever. */
  doneAt: Date | null;
  /** By the clock of the database. */
  now: Date;
}

/** Takes a lease that is over, or renews this owner's; undefined while it is another's. Of several who ask at once one gets it. */
export async function takeLease(
  dataSource: DataSource,
  lease: { name: string; owner: string; seconds: number },
): Promise<TakenLease | undefined> {
  const rows = await dataSource.query<TakenLease[]>(
    `INSERT INTO lease (name, owner, until) VALUES ($1, $2, now() + make_interval(secs => $3))
     ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
       WHERE lease.owner = excluded.owner OR lease.until < now()
     RETURNING done_at AS "doneAt", now() AS now`,
    [lease.name, lease.owner, lease.seconds],
  );
  return rows[0];
}
