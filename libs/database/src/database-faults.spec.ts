import { isDatabaseAway } from './database-faults.js';

const fault = (code: string, message = '') => Object.assign(new Error(message), { code });

describe('a database that is away', () => {
  it.each([
    fault('ECONNREFUSED'),
    fault('EHOSTUNREACH', 'connect EHOSTUNREACH 10.0.0.7:5432'),
    fault('ENETUNREACH', 'connect ENETUNREACH 10.0.0.7:5432'),
    fault('57P01', 'terminating connection due to administrator command'),
    new Error('timeout exceeded when trying to connect'),
    new AggregateError([fault('ECONNREFUSED'), fault('ECONNREFUSED')]),
    Object.assign(new Error('wrapped'), { driverError: fault('08006') }),
  ])('%s', (error) => {
    expect(isDatabaseAway(error)).toBe(true);
  });

  it.each([fault('42P01', 'relation "x" does not exist'), fault('23505'), new Error('no')])(
    'is not what %s says',
    (error) => {
      expect(isDatabaseAway(error)).toBe(false);
    },
  );
});
