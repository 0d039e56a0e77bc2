import { COMMAND_TYPES, encodeCommandResult, type KnownCommandType } from '#ocpi';
import { resultOfCommand } from './result-of-command.js';

describe('resultOfCommand', () => {
  it.each([
    ['START_SESSION', 'Accepted', 'ACCEPTED', 'ACCEPTED'],
    ['STOP_SESSION', 'Accepted', 'ACCEPTED', 'ACCEPTED'],
    ['STOP_SESSION', 'Rejected', 'REJECTED', 'REJECTED'],
    ['RESERVE_NOW', 'Accepted', 'ACCEPTED', 'ACCEPTED'],
    ['RESERVE_NOW', 'Occupied', 'EVSE_OCCUPIED', 'REJECTED'],
    ['RESERVE_NOW', 'Faulted', 'EVSE_INOPERATIVE', 'REJECTED'],
    ['RESERVE_NOW', 'Unavailable', 'EVSE_INOPERATIVE', 'REJECTED'],
    ['RESERVE_NOW', 'Rejected', 'REJECTED', 'REJECTED'],
    ['CANCEL_RESERVATION', 'Accepted', 'ACCEPTED', 'ACCEPTED'],
    ['CANCEL_RESERVATION', 'Rejected', 'UNKNOWN_RESERVATION', 'REJECTED'],
    ['UNLOCK_CONNECTOR', 'Unlocked', 'ACCEPTED', 'ACCEPTED'],
    ['UNLOCK_CONNECTOR', 'UnlockFailed', 'FAILED', 'REJECTED'],
    ['UNLOCK_CONNECTOR', 'NotSupported', 'NOT_SUPPORTED', 'NOT_SUPPORTED'],
    ['UNLOCK_CONNECTOR', 'OngoingAuthorizedTransaction', 'REJECTED', 'REJECTED'],
    ['UNLOCK_CONNECTOR', 'UnknownConnector', 'REJECTED', 'REJECTED'],
    ['STOP_SESSION', 'constructor', 'FAILED', 'REJECTED'],
  ] as const)(
    'CMD-51 (partial: the result), CMD-52 (partial: the result), CMD-26 (partial: the words): %s %s is %s, and %s in 2.1.1',
    (type, status, result, older) => {
      expect(resultOfCommand(type, { status }, 'AVAILABLE')).toBe(result);
      expect(encodeCommandResult('2.1.1', { result })).toEqual({ result: older });
    },
  );

  it.each([
    ['CHARGING', 'EVSE_OCCUPIED'],
    ['OUTOFORDER', 'EVSE_INOPERATIVE'],
    ['INOPERATIVE', 'EVSE_INOPERATIVE'],
    ['RESERVED', 'REJECTED'],
  ] as const)(
    'CMD-50 (partial: the result): a start refused by an EVSE that is %s is %s',
    (evseStatus, result) => {
      expect(resultOfCommand('START_SESSION', { status: 'Rejected' }, evseStatus)).toBe(result);
    },
  );

  it.each(['AVAILABLE', 'BLOCKED', 'UNKNOWN', undefined])(
    'CMD-49 (partial: the result): a start refused for no known cause by an EVSE that is %s is FAILED',
    (evseStatus) => {
      const rejected = { status: 'Rejected', reason_code: 'Unspecified' };
      expect(resultOfCommand('START_SESSION', { status: 'Rejected' }, evseStatus)).toBe('FAILED');
      expect(resultOfCommand('START_SESSION', rejected, evseStatus)).toBe('FAILED');
      expect(encodeCommandResult('2.1.1', { result: 'FAILED' })).toEqual({ result: 'REJECTED' });
    },
  );

  it.each([
    ['TxInProgress', 'EVSE_OCCUPIED'],
    ['CSNotAccepted', 'EVSE_INOPERATIVE'],
    ['NoCable', 'FAILED'],
    ['InvalidIdToken', 'REJECTED'],
    ['invalidIDtoken', 'REJECTED'],
    ['UnknownEvse', 'REJECTED'],
  ] as const)(
    'CMD-49 (partial: the result), CMD-50 (partial: the result): the reason %s of a refused start is %s, whatever the EVSE shows',
    (reason_code, result) => {
      const rejected = { status: 'Rejected', reason_code };
      expect(resultOfCommand('START_SESSION', rejected, 'RESERVED')).toBe(result);
      expect(resultOfCommand('START_SESSION', rejected)).toBe(result);
    },
  );

  it('a cable that is fixed cannot be unlocked', () => {
    const answer = (status: string) =>
      resultOfCommand('UNLOCK_CONNECTOR', { status, reason_code: 'FixedCable' });
    expect(answer('UnlockFailed')).toBe('NOT_SUPPORTED');
    expect(answer('Unlocked')).toBe('ACCEPTED');
  });

  it.each([
    ['NotImplemented', 'NOT_SUPPORTED'],
    ['NotSupported', 'NOT_SUPPORTED'],
    ['InternalError', 'FAILED'],
    ['FormationViolation', 'FAILED'],
    ['Timeout', 'TIMEOUT'],
    ['Offline', 'TIMEOUT'],
    ['Expired', 'TIMEOUT'],
  ] as const)(
    'CMD-21 (partial: the result): the error %s is %s for every command',
    (error, result) => {
      for (const type of COMMAND_TYPES) {
        expect(resultOfCommand(type, { error, status: 'Accepted' }, 'CHARGING')).toBe(result);
      }
    },
  );

  it('an answer without any word is FAILED', () => {
    const all: KnownCommandType[] = [...COMMAND_TYPES];
    expect(new Set(all.map((type) => resultOfCommand(type, {})))).toEqual(new Set(['FAILED']));
  });
});
