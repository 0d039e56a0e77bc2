import { readDatabaseUrl } from './read-database-url.js';

describe('the settings of a migration', () => {
  it('are DATABASE_URL and nothing else', () => {
    const url = 'postgres://gateway:secret@127.0.0.1:5432/gateway';

    expect(readDatabaseUrl({ OCPI_ENVIRONMENT: 'production', DATABASE_URL: url })).toBe(url);
  });

  it.each([
    [undefined, 'DATABASE_URL is required'],
    ['', 'DATABASE_URL is required'],
    ['mysql://secret@host/db', 'DATABASE_URL must be a URL (postgres, postgresql)'],
  ])('%s is refused without repeating it', (url, problem) => {
    expect(() => readDatabaseUrl({ DATABASE_URL: url })).toThrow(problem);
    expect(() => readDatabaseUrl({ DATABASE_URL: url })).not.toThrow('secret');
  });
});
