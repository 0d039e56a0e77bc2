import { OCPI_VERSIONS } from '../../types/ocpi-version.js';
import { COMMAND_RESPONSE_TYPES, COMMAND_RESULT_TYPES } from './command-response.js';
import { encodeCommandResponse, encodeCommandResult } from './encode-command-response.js';

const message = [
  { language: 'en', text: 'The station\n<b>refused</b>' },
  { language: 'de', text: 'Die Säule hat abgelehnt' },
];
const plain = [{ language: 'en', text: 'The station refused' }, message[1]];

describe('encodeCommandResponse', () => {
  it.each(COMMAND_RESPONSE_TYPES)(
    'CMD-11 [all], CMD-12 (partial: the body) [2.2.1+]: %s says how long to wait, and why in a list of texts',
    (result) => {
      const response = { result, timeoutSeconds: 30, message };
      for (const version of ['2.2.1', '2.3.0'] as const) {
        expect(encodeCommandResponse(version, response)).toEqual({
          result,
          timeout: 30,
          message: plain,
        });
        const silent = {
          result,
          timeoutSeconds: 30,
          message: [{ language: 'en', text: '<p></p>' }],
        };
        expect(encodeCommandResponse(version, silent)).toEqual({ result, timeout: 30 });
      }
      expect(encodeCommandResponse('2.1.1', response)).toEqual({ result });
    },
  );

  it.each(OCPI_VERSIONS)(
    'CHG-02 (partial: the two forms) [%s]: only 2.1.1 was ever spoken with bare words',
    (version) => {
      const response = encodeCommandResponse(
        version,
        { result: 'ACCEPTED', timeoutSeconds: 30 },
        { bareWord: true },
      );
      const result = encodeCommandResult(version, { result: 'TIMEOUT' }, { bareWord: true });
      const older = version === '2.1.1';
      expect(response).toEqual(older ? 'ACCEPTED' : { result: 'ACCEPTED', timeout: 30 });
      expect(result).toEqual(older ? 'TIMEOUT' : { result: 'TIMEOUT' });
    },
  );
});

describe('encodeCommandResult', () => {
  it.each(COMMAND_RESULT_TYPES)(
    'CMD-18 (partial: the body), CMD-26 (partial: the body) [2.2.1+]: %s stays',
    (result) => {
      for (const version of ['2.2.1', '2.3.0'] as const) {
        expect(encodeCommandResult(version, { result })).toEqual({ result });
        expect(encodeCommandResult(version, { result, message })).toEqual({
          result,
          message: plain,
        });
      }
    },
  );

  it.each([
    ['ACCEPTED', 'ACCEPTED'],
    ['EVSE_INOPERATIVE', 'REJECTED'],
    ['EVSE_OCCUPIED', 'REJECTED'],
    ['FAILED', 'REJECTED'],
    ['NOT_SUPPORTED', 'NOT_SUPPORTED'],
    ['REJECTED', 'REJECTED'],
    ['TIMEOUT', 'TIMEOUT'],
    ['UNKNOWN_RESERVATION', 'REJECTED'],
  ] as const)(
    'CMD-18 (partial: the body), CMD-26 (partial: the body) [2.1.1]: %s is told as %s',
    (result, told) => {
      expect(encodeCommandResult('2.1.1', { result, message })).toEqual({ result: told });
    },
  );

  it('CMD-67 (partial: there is no body) [2.1.1]: a reservation taken back cannot be told', () => {
    expect(encodeCommandResult('2.1.1', { result: 'CANCELED_RESERVATION' })).toBeUndefined();
    expect(
      encodeCommandResult('2.1.1', { result: 'CANCELED_RESERVATION' }, { bareWord: true }),
    ).toBeUndefined();
  });
});
