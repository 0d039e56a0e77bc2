import { aConnector, aLocation, anEvse } from '../../../test/location-builder.js';
import { type Tariff } from '../tariffs/tariff.js';
import { lintConnectorTariffs } from './connector-tariff-lint.js';

const tariff = (id: string, fields: Partial<Tariff> = {}): Tariff => ({
  country_code: 'BE',
  party_id: 'BEC',
  id,
  currency: 'EUR',
  elements: [{ price_components: [{ type: 'ENERGY', price: 0.5, step_size: 1 }] }],
  tax_included: 'NO',
  last_updated: '2026-01-01T10:00:00Z',
  ...fields,
});

const TARIFFS: Record<string, Tariff> = {
  ANY: tariff('any'),
  CHEAP: tariff('cheap', { type: 'PROFILE_CHEAP' }),
  FAST: tariff('fast', { type: 'PROFILE_FAST' }),
  GREEN: tariff('green', { type: 'PROFILE_GREEN' }),
  CAPPED: tariff('capped', { type: 'PROFILE_FAST', max_price: { before_taxes: 10 } }),
  CARD: tariff('card', { type: 'AD_HOC_PAYMENT', max_price: { before_taxes: 99 } }),
};

const advice = (tariff_ids: string[], capabilities = ['CHARGING_PREFERENCES_CAPABLE']) =>
  lintConnectorTariffs(
    aLocation({ evses: [anEvse({ capabilities, connectors: [aConnector({ tariff_ids })] })] }),
    (key) => TARIFFS[key],
  );

describe('lintConnectorTariffs', () => {
  it('TAR-10: where charging preferences are taken, each profile without a tariff of its own is named', () => {
    expect(advice(['any', 'fast'])).toEqual([
      {
        path: 'evses[0].connectors[0].tariff_ids',
        message: expect.stringMatching(/^TAR-10: .*CHEAP, GREEN has no tariff/),
      },
    ]);
    expect(advice(['any', 'fast', 'cheap', 'green'])).toEqual([]);
  });

  it('TAR-10: no advice where preferences are not taken, or where a tariff is not known yet', () => {
    expect(advice(['any'], ['RFID_READER'])).toEqual([]);
    expect(advice(['any', 'later'])).toEqual([]);
  });

  it('TAR-13 (partial: stated, and checked against each other; applying them comes with price calculation): tariffs of one connector should have the same limits', () => {
    const [warning, ...more] = advice(['any', 'capped', 'cheap', 'green', 'card']);
    expect(warning?.message).toMatch(/^TAR-13/);
    expect(more).toEqual([]);
    expect(advice(['any', 'fast', 'cheap', 'green', 'card'])).toEqual([]);
  });
});
