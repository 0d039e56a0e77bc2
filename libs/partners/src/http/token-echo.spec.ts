import { withoutToken } from './token-echo.js';

describe('a token in what a partner says', () => {
  const token = 'a~>?secret/"token"+123';
  const base64 = Buffer.from(token).toString('base64');

  it.each([
    ['as it is', token],
    ['in base64', base64],
    ['in base64 without padding', base64.replace(/=+$/, '')],
    ['in JSON', JSON.stringify(token).slice(1, -1)],
    ['in JSON that escapes slashes', JSON.stringify(token).slice(1, -1).replaceAll('/', '\\/')],
    ['in base64 in JSON that escapes slashes', base64.replaceAll('/', '\\/')],
    ['in a URL', encodeURIComponent(token)],
  ])('P15: is taken out %s, wherever it stands', (_, form) => {
    expect(withoutToken(`${form}: token ${form} unknown`, token)).toBe('***: token *** unknown');
  });

  it('nothing else is touched', () => {
    expect(withoutToken('token unknown', token)).toBe('token unknown');
    expect(withoutToken('token unknown', undefined)).toBe('token unknown');
    expect(withoutToken('', '')).toBe('');
    expect(withoutToken('token unknown', '')).toBe('token unknown');
  });
});
