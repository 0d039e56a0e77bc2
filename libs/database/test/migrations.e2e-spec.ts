import { openDataSource } from '#database';
import { createTestDatabase } from '../../../test/harness/database.js';

describe('migrations', () => {
  it('agree with the entities: nothing is left to generate', async () => {
    const database = await createTestDatabase();
    const dataSource = await openDataSource(database.url);

    const left = await dataSource.driver.createSchemaBuilder().log();

    await dataSource.destroy();
    await database.drop();
    expect(left.upQueries.map((q) => q.query)).toEqual([]);
  });
});
