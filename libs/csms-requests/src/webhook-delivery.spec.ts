import { retryAfterMs } from './webhook-delivery.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');

describe('Retry-After of a webhook', () => {
  it.each([
    ['7', 7000],
    ['0', 0],
    ['Thu, 01 Jan 2026 00:00:20 GMT', 20_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['99999999', 300_000],
    ['soon', undefined],
    [undefined, undefined],
  ])('%s means %s ms', (header, ms) => {
    expect(retryAfterMs(header, NOW)).toBe(ms);
  });
});
