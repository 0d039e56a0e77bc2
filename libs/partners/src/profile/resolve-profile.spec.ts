import { KNOBS } from './knobs.js';
import { PRESETS } from './presets.js';
import { profileErrors, resolveProfile } from './resolve-profile.js';

describe('profiles', () => {
  it('resolves default, settings, preset and connection in this order', () => {
    const profile = resolveProfile('2.2.1', { locationsPush: 'put' }, 'access-point', {
      timeoutMs: 5,
    });
    expect(profile).toMatchObject({
      locationsPush: 'put',
      tokenPull: 'none',
      timeoutMs: 5,
      catchUp: 'push',
    });
  });

  it('TRN-53 (partial: default): routing headers are off on 2.1.1 unless a profile says otherwise', () => {
    expect(resolveProfile('2.1.1', {}, null).routingHeaders).toBe(false);
    expect(resolveProfile('2.2.1', {}, null).routingHeaders).toBe(true);
    expect(resolveProfile('2.1.1', { routingHeaders: true }, null).routingHeaders).toBe(true);
  });

  it('refuses unknown knobs, values that do not fit and unknown presets, all at once', () => {
    const errors = profileErrors({ nope: 1, catchUp: 'later', concurrency: 0 }, 'unheard-of');
    expect(errors.map(({ path }) => path)).toEqual([
      'profile.nope',
      'profile.catchUp',
      'profile.concurrency',
      'preset',
    ]);
    expect(profileErrors({ catchUp: 'push', requiredModules: ['cdrs/RECEIVER'] })).toEqual([]);
  });

  it('has presets that name only knobs with fitting values', () => {
    for (const { knobs } of Object.values(PRESETS)) expect(profileErrors(knobs)).toEqual([]);
    expect(Object.keys(KNOBS).length).toBeGreaterThan(20);
  });
});
