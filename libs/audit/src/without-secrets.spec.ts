import { withoutSecrets } from './without-secrets.js';

describe('what the audit log keeps of a request', () => {
  it('P15 (partial: the audit log): hides secrets by their names and in URLs', () => {
    const kept = withoutSecrets({
      versionsUrl: 'https://user:canary-1@emsp.example/versions',
      tokenA: 'canary-2',
      headers: { 'X-Auth-Token': 'canary-5', apiKey: ['canary-6'], access_token: 'canary-7' },
      webhookUrl: 'https://csms.example/hook?api_key=canary-8',
      profile: { tokenPull: 'none', nested: [{ Password: 'canary-3' }] },
      note: 'Authorization: Token canary-4-canary-4',
    });

    expect(JSON.stringify(kept)).not.toContain('canary');
    expect(kept).toMatchObject({ tokenA: '***', profile: { tokenPull: 'none' } });
  });

  it('holds nothing that jsonb refuses, and ends', () => {
    const deep = Array.from({ length: 50 }).reduce<unknown>((inner) => ({ inner }), 'x');

    const kept = JSON.stringify(
      withoutSecrets({
        'a\0b': 'c\0\ud800',
        list: Array(1000).fill('x'),
        long: 'y'.repeat(9999),
        deep,
      }),
    );

    expect(kept).not.toMatch(/\\u0000|\\ud800/);
    expect(kept).toContain('900 more');
    expect(kept.length).toBeLessThan(2000);
  });
});
