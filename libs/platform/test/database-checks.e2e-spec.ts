import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { databaseCheck, migrationsCheck } from '../src/index.js';

class Nothing1700000000000 implements MigrationInterface {
  name = 'Nothing1700000000000';
  async up(_: QueryRunner) {}
  async down(_: QueryRunner) {}
}

const migrationsTableName = `platform_check_${process.pid}`;

describe('the checks of the database', () => {
  let dataSource: DataSource;

  beforeAll(async () => {
    dataSource = await new DataSource({
      type: 'postgres',
      url: process.env['DATABASE_URL'] ?? '',
      migrations: [Nothing1700000000000],
      migrationsTableName,
    }).initialize();
  });

  afterAll(async () => {
    if (dataSource.isInitialized) await dataSource.destroy();
  });

  it('pass only with the database there and every migration run', async () => {
    await expect(databaseCheck(dataSource)()).resolves.toBeUndefined();
    await expect(migrationsCheck(dataSource)()).rejects.toThrow(migrationsTableName);
    await dataSource.query(
      `CREATE TABLE ${migrationsTableName} (id serial, timestamp bigint, name text)`,
    );
    await expect(migrationsCheck(dataSource)()).rejects.toThrow('Nothing1700000000000');
    await dataSource.runMigrations();
    await expect(migrationsCheck(dataSource)()).resolves.toEqual({ applied: 1 });
    await dataSource.query(`DROP TABLE ${migrationsTableName}`);

    await dataSource.destroy();
    await expect(databaseCheck(dataSource)()).rejects.toThrow();
  });
});
