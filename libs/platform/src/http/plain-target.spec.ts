import { plainTarget } from './plain-target.js';

describe('the one spelling of a request target', () => {
  it.each([
    '/ocpi/versions',
    '/ocpi/2.2.1/locations?date_from=2026-01-01T00%3A00%3A00Z&limit=%31',
    '/ocpi/2.2.1/tokens/DE/AAA/a%2Fb%20c%25',
    '/',
    '*',
  ])('leaves %s as it is', (target) => {
    expect(plainTarget(target)).toBe(target);
  });

  it.each([
    ['/%6fcpi/%76ersions', '/ocpi/versions'],
    ['/ocp%69/%32%2E2.1/x%2fy%7E?a=%61', '/ocpi/2.2.1/x%2fy~?a=%61'],
    ['http://x/ocpi/versions', '/ocpi/versions'],
    ['HTTPS://y:1/%6fcpi?x=1', '/ocpi?x=1'],
    ['http://x', '/'],
    ['http://x?a=1', '/?a=1'],
    ['/ocpi/2.2.1#/locations', '/ocpi/2.2.1'],
    ['/ocpi/versions?a=1#b', '/ocpi/versions?a=1'],
    ['/%256fcpi', '/%256fcpi'],
    ['/ocpi/2.2.1//commands///X/?a=//b', '/ocpi/2.2.1/commands/X/?a=//b'],
    ['//ocpi//versions', '//ocpi/versions'],
    ['/a%', '/a%'],
  ])('spells %s as %s', (target, plain) => {
    expect(plainTarget(target)).toBe(plain);
    expect(plainTarget(plain)).toBe(plain);
  });
});
