import { type ActiveChargingProfile } from '#ocpi';
import {
  resultOfClearProfile,
  resultOfGetProfile,
  resultOfSetProfile,
} from './result-of-charging-profile.js';

const active: ActiveChargingProfile = {
  start_date_time: '2026-05-01T10:00:05Z',
  charging_profile: {
    duration: 900,
    charging_rate_unit: 'A',
    charging_profile_period: [{ start_period: 0, limit: 16 }],
  },
};

describe('results of charging profiles', () => {
  it.each(['NotSupported', 'NotImplemented', 'InternalError', 'Timeout', 'Offline', 'Expired'])(
    'CHP-15 (partial: the result): the error %s is REJECTED',
    (error) => {
      const answer = { error, status: 'Accepted' };
      expect(resultOfSetProfile(answer)).toBe('REJECTED');
      expect(resultOfClearProfile(answer)).toBe('REJECTED');
      expect(resultOfClearProfile({ error, status: 'Unknown' })).toBe('REJECTED');
      expect(resultOfGetProfile(answer, active)).toEqual({ result: 'REJECTED' });
    },
  );

  it.each([
    ['Accepted', 'ACCEPTED'],
    ['Rejected', 'REJECTED'],
    ['NotSupported', 'REJECTED'],
    [undefined, 'REJECTED'],
  ])('CHP-15 (partial: the result): %s of a profile that was set is %s', (status, result) => {
    expect(resultOfSetProfile(status === undefined ? {} : { status })).toBe(result);
  });

  it.each([
    ['Accepted', 'ACCEPTED'],
    ['Unknown', 'UNKNOWN'],
    ['Rejected', 'REJECTED'],
  ])('CHP-24 (partial: the result): %s of a profile that was cleared is %s', (status, result) => {
    expect(resultOfClearProfile({ status })).toBe(result);
  });

  it('CHP-26 (partial: the result), CHP-14 (partial: the result): a plan is told where there is one', () => {
    const accepted = { status: 'Accepted' };
    expect(resultOfGetProfile(accepted, active)).toEqual({ result: 'ACCEPTED', profile: active });
    expect(resultOfGetProfile(accepted, undefined)).toEqual({ result: 'REJECTED' });
    expect(resultOfGetProfile({ status: 'Rejected' }, active)).toEqual({ result: 'REJECTED' });
  });
});
