import { exampleData, type Json, incoming, ProcessorHarness, site } from './processor-harness.js';

let gateway: ProcessorHarness;
beforeAll(async () => {
  gateway = await ProcessorHarness.start();
});
beforeEach(() => gateway.clear());
afterAll(() => gateway.stop());

const location = () => incoming('location.upserted', site(), { time: '2026-03-01T08:00:00Z' });
const started = (change = {}, parts = {}) =>
  incoming(
    'session.started',
    { ...exampleData('session.started'), ...change },
    { time: '2026-03-01T09:00:00Z', ...parts },
  );
const updated = (change = {}, parts = {}) =>
  incoming(
    'session.updated',
    { ...exampleData('session.updated'), ...change },
    { time: '2026-03-01T09:30:00Z', ...parts },
  );
const ended = (change = {}, parts = {}) =>
  incoming(
    'session.ended',
    { ...exampleData('session.ended'), ...change },
    { time: '2026-03-01T10:00:00Z', ...parts },
  );
const cdr = (change = {}) =>
  incoming(
    'cdr.issued',
    { ...exampleData('cdr.issued'), ...change },
    { time: '2026-03-01T10:00:05Z' },
  );
const tariff = (change = {}, parts = {}) =>
  incoming(
    'tariff.upserted',
    { ...exampleData('tariff.upserted'), ...change },
    { time: '2026-02-20T12:00:00Z', ...parts },
  );
const connectors = async (version: '2.1.1' | '2.2.1' | '2.3.0') =>
  (await gateway.seen('HARBOUR-7', version)).evses.map((evse: Json) => evse.connectors[0]);

describe('a Session', () => {
  it('SES-12 (partial: the audience in the log): is for the party of its token alone, from start to end', async () => {
    await gateway.send(location());
    await gateway.changes();
    expect(await gateway.send(started(), updated(), ended())).toEqual([
      'applied',
      'applied',
      'applied',
    ]);
    const changes = await gateway.changes();
    expect(changes.length).toBeGreaterThan(0);
    for (const change of changes) expect(change).toMatchObject({ audience: 'DE*EMP' });
    expect(await gateway.rows('SELECT status, token_party_key FROM session')).toEqual([
      { status: 'COMPLETED', token_party_key: 'DE*EMP' },
    ]);
  });

  it('SES-35 (partial: the snapshot): keeps the Location as it was at the start, with the one EVSE and Connector', async () => {
    await gateway.send(location(), started());
    await gateway.send(
      incoming('location.upserted', site({ address: 'Elsewhere 1' }), {
        time: '2026-03-01T09:10:00Z',
      }),
      ended(),
    );
    const [{ snapshot }] = await gateway.rows('SELECT location_snapshot AS snapshot FROM session');
    const kept = JSON.parse(snapshot);
    expect(kept.address).toBe('Quay Street 7');
    expect(kept.evses).toHaveLength(1);
    expect(kept.evses[0]).toMatchObject({ uid: 'HARBOUR-7-1', connectors: [{ id: '1' }] });
  });

  it('SES-25: does not change after COMPLETED; what comes then is put aside with the reason', async () => {
    await gateway.send(location(), started(), ended());
    await gateway.changes();
    const late = updated(
      { kwh: 11, last_updated: '2026-03-01T10:05:00Z' },
      { time: '2026-03-01T10:05:00Z' },
    );
    expect(await gateway.outcomes(late, updated())).toEqual([
      { outcome: 'parked', reason: expect.stringContaining('COMPLETED') },
      {
        outcome: 'stale',
        reason: expect.stringContaining('older than what is stored of Session S-20260301-0001'),
      },
    ]);
    expect(await gateway.changes()).toEqual([]);
  });

  it('SES-23 (partial: what may follow what): ACTIVE does not become PENDING again, and cannot start as COMPLETED', async () => {
    await gateway.send(location(), started());
    expect(
      await gateway.send(
        updated({ status: 'PENDING' }),
        started({ id: 'S2', status: 'COMPLETED', kwh: 0, end_date_time: '2026-03-01T10:00:00Z' }),
      ),
    ).toEqual(['parked', 'parked']);
  });

  it('SES-28 (partial: refusal at entry): energy never falls without discharge', async () => {
    await gateway.send(location(), started(), updated());
    const less = {
      kwh: 5,
      charging_periods: undefined,
      last_updated: '2026-03-01T09:40:00Z',
    };
    expect(await gateway.outcomes(updated(less, { time: '2026-03-01T09:40:00Z' }))).toEqual([
      { outcome: 'parked', reason: expect.stringContaining('kwh') },
    ]);
  });

  it('waits for its Location', async () => {
    expect(await gateway.send(started(), updated())).toEqual(['held', 'held']);
    await gateway.send(location());
    expect(await gateway.rows('SELECT status, body FROM session')).toMatchObject([
      { status: 'ACTIVE', body: expect.stringContaining('"kwh":5.5') },
    ]);
    expect(await gateway.rows('SELECT 1 FROM parked_event')).toEqual([]);
  });
});

describe('a CDR', () => {
  it('CDR-09 (partial: held until the end), CDR-18: waits until its Session is COMPLETED, then goes through by itself', async () => {
    await gateway.send(location());
    expect(await gateway.send(cdr())).toEqual(['held']);
    await gateway.send(started());
    expect(await gateway.rows('SELECT 1 FROM cdr')).toEqual([]);
    await gateway.send(ended());
    expect(await gateway.rows('SELECT session_key, token_party_key FROM cdr')).toEqual([
      { session_key: 'S-20260301-0001', token_party_key: 'DE*EMP' },
    ]);
    expect(await gateway.rows('SELECT 1 FROM parked_event')).toEqual([]);
    expect(await gateway.changes()).toContainEqual({
      kind: 'cdr',
      aspect: 'created',
      audience: 'DE*EMP',
    });
  });

  it('CDR-07, CDR-10 (partial: uniqueness without case): is immutable, the same again is nothing new, other content is refused', async () => {
    await gateway.send(location(), started(), ended(), cdr());
    expect(
      await gateway.outcomes(cdr(), cdr({ remark: 'corrected' }), cdr({ id: 'c-20260301-0001' })),
    ).toEqual([
      { outcome: 'unchanged' },
      { outcome: 'parked', reason: expect.stringContaining('never changes') },
      { outcome: 'parked', reason: expect.stringContaining('never changes') },
    ]);
    const [{ body }] = await gateway.rows('SELECT body FROM cdr');
    expect(JSON.parse(body)).toEqual(exampleData('cdr.issued'));
  });

  it('CDR-32, CDR-30: one whose totals are not those of its periods is held with the reason', async () => {
    await gateway.send(location(), started(), ended());
    expect(await gateway.outcomes(cdr({ total_energy: 12 }))).toEqual([
      { outcome: 'parked', reason: expect.stringContaining('total_energy') },
    ]);
    expect(await gateway.rows('SELECT 1 FROM cdr')).toEqual([]);
    expect(await gateway.rows('SELECT reason FROM parked_event')).toEqual([
      { reason: expect.stringContaining('total_energy') },
    ]);
  });

  it('SES-26: an INVALID Session is not billed', async () => {
    await gateway.send(location(), started());
    expect(await gateway.send(cdr())).toEqual(['held']);
    await gateway.send(ended({ status: 'INVALID' }));
    expect(await gateway.rows('SELECT state, reason FROM parked_event')).toEqual([
      { state: 'parked', reason: expect.stringContaining('not billed') },
    ]);
    expect(await gateway.rows('SELECT 1 FROM cdr')).toEqual([]);
  });

  it('for another token than the Session had is refused', async () => {
    await gateway.send(location(), started(), ended());
    const token = { ...exampleData('cdr.issued').cdr_token, party_id: 'XYZ' };
    expect(await gateway.send(cdr({ cdr_token: token }))).toEqual(['parked']);
  });

  it('of a party that is no connected partner is applied with a warning, as its Session was', async () => {
    const unheard = {
      outcome: 'applied',
      warnings: ['cdr_token: no connected partner is DE*EMP: nobody is told'],
    };
    await gateway.send(location());
    expect(await gateway.outcomes(started(), updated(), ended(), cdr())).toEqual([
      unheard,
      { outcome: 'applied' },
      { outcome: 'applied' },
      unheard,
    ]);
  });

  it('draws no such warning when its party is connected, and does when that partner does not meet ours', async () => {
    await gateway.connect('DE*EMP');
    await gateway.send(location());
    expect(await gateway.outcomes(started(), ended(), cdr())).toEqual(
      Array(3).fill({ outcome: 'applied' }),
    );
    await gateway.rows(`UPDATE connection SET hosted_parties = '{NL*BBB}'`);
    const [outcome] = await gateway.outcomes(cdr({ id: 'C-2', session_id: undefined }));
    expect(outcome?.warnings).toEqual([expect.stringContaining('no connected partner is DE*EMP')]);
  });

  it('draws no such warning when it was paid at the station, with a token of ours', async () => {
    await gateway.send(location());
    const token = { ...exampleData('cdr.issued').cdr_token, country_code: 'NL', party_id: 'AAA' };
    expect(await gateway.outcomes(cdr({ session_id: undefined, cdr_token: token }))).toEqual([
      { outcome: 'applied' },
    ]);
  });

  it('CDR-12 (partial: the warning): that takes another back, and changes more than its total, is passed on with a warning', async () => {
    await gateway.connect('DE*EMP');
    await gateway.send(location(), started(), ended(), cdr());
    const { id, total_cost } = exampleData('cdr.issued');
    const credit = (change = {}) =>
      cdr({
        id: `${id}-C`,
        credit: true,
        credit_reference_id: String(id).toLowerCase(),
        total_cost: {
          before_taxes: -total_cost.before_taxes,
          taxes: total_cost.taxes.map((tax: Json) => ({ ...tax, amount: -tax.amount })),
        },
        ...change,
      });
    const [wrong] = await gateway.outcomes(credit({ id: `${id}-D`, meter_id: 'OTHER' }));
    expect(wrong).toMatchObject({
      outcome: 'applied',
      warnings: [expect.stringMatching(/^meter_id: .*credit of CDR/)],
    });
    expect(await gateway.outcomes(credit())).toEqual([{ outcome: 'applied' }]);
  });

  it('without a Session id needs no Session', async () => {
    await gateway.send(location());
    expect(await gateway.send(cdr({ session_id: undefined }))).toEqual(['applied']);
  });
});

describe('a Tariff', () => {
  it('shows up at the connectors that name it as soon as it is known, and leaves them when it is withdrawn', async () => {
    await gateway.send(location());
    await gateway.changes();
    expect((await connectors('2.3.0'))[0].tariff_ids ?? []).toEqual([]);
    await gateway.send(tariff());
    expect((await connectors('2.2.1'))[0]).toMatchObject({
      tariff_ids: ['T-REGULAR'],
      last_updated: '2026-03-01T12:00:00Z',
    });
    expect((await connectors('2.1.1'))[0].tariff_id).toBe('T-REGULAR');
    const named = { kind: 'connector', aspect: 'fields', fields: ['tariff_ids'], connectorId: '1' };
    expect(await gateway.changes()).toEqual([{ kind: 'tariff', aspect: 'created' }, named, named]);
    const gone = incoming('tariff.removed', exampleData('tariff.removed'), {
      time: '2026-03-01T12:30:00Z',
    });
    expect(await gateway.send(gone)).toEqual(['applied']);
    expect((await connectors('2.1.1'))[0]).not.toHaveProperty('tariff_id');
    const unnamed = { kind: 'connector', aspect: 'content', connectorId: '1' };
    expect(await gateway.changes()).toEqual([
      unnamed,
      unnamed,
      { kind: 'tariff', aspect: 'deleted' },
    ]);
  });

  it('that 2.1.1 cannot show is named in the other versions alone', async () => {
    await gateway.send(location());
    await gateway.changes();
    await gateway.send(tariff({ type: 'PROFILE_GREEN' }));
    expect((await connectors('2.1.1'))[0]).not.toHaveProperty('tariff_id');
    expect((await connectors('2.2.1'))[0].tariff_ids).toEqual(['T-REGULAR']);
    expect((await gateway.changes())[1]).toMatchObject({ versions: ['2.2.1', '2.3.0'] });
  });

  it('TAR-08 (partial: at entry): that breaks the rules is refused', async () => {
    expect(
      await gateway.send(
        tariff({ currency: 'XXQ' }),
        tariff({ elements: [] }),
        tariff({ id: 'x'.repeat(37) }),
      ),
    ).toEqual(['parked', 'parked', 'parked']);
  });

  it('older than the stored one is dropped, the same one changes nothing, and a stamp never goes back', async () => {
    await gateway.send(tariff());
    await gateway.changes();
    expect(
      await gateway.send(
        tariff({}, { time: '2026-02-21T00:00:00Z' }),
        tariff({ tax_included: 'YES' }, { time: '2026-02-20T00:00:00Z' }),
        tariff({ tax_included: 'YES' }, { time: '2026-02-22T00:00:00Z' }),
      ),
    ).toEqual(['unchanged', 'stale', 'applied']);
    const [{ body }] = await gateway.rows('SELECT body FROM tariff');
    expect(JSON.parse(body)).toMatchObject({
      tax_included: 'YES',
      last_updated: '2026-03-01T12:00:00Z',
    });
  });
});
