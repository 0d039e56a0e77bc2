import { authorizationStatus } from './authorization-status.js';

describe('authorizationStatus', () => {
  it.each([
    ['ALLOWED', 'Accepted', 'Accepted'],
    ['BLOCKED', 'Blocked', 'Blocked'],
    ['EXPIRED', 'Expired', 'Expired'],
    ['NO_CREDIT', 'Blocked', 'NoCredit'],
    ['NOT_ALLOWED', 'Invalid', 'NotAtThisLocation'],
    ['UNKNOWN', 'Invalid', 'Unknown'],
    ['UNREACHABLE', 'Invalid', 'Unknown'],
  ] as const)(
    'TOK-26 (partial: the words for the station): %s is %s in OCPP 1.6 and %s from 2.0.1 on',
    (verdict, v16, v201) => {
      expect(authorizationStatus(verdict)).toEqual({ v16, v201 });
    },
  );
});
