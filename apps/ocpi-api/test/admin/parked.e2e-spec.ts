import { type Admin, startAdmin } from './admin-harness.js';
import { markRegistered, storeCdr } from './stored-objects.js';

let admin: Admin;
let cdrId: number;

beforeAll(async () => {
  admin = await startAdmin();
  await admin.post('connections').send({ id: 'emsp', name: 'eMSP', allowedParties: ['NL*EMA'] });
  cdrId = await storeCdr(admin.dataSource, { country_code: 'NL', party_id: 'EMA' });
});
afterAll(() => admin.stop());

const park = async (): Promise<number> => {
  await admin.dataSource.query('DELETE FROM parked_push');
  await admin.dataSource.query(
    `INSERT INTO cdr_receipt (connection_id, cdr_id, state) VALUES ('emsp', $1, 'parked')
     ON CONFLICT (connection_id, cdr_id) DO UPDATE SET state = 'parked'`,
    [cdrId],
  );
  const [row] = await admin.dataSource.query<{ id: number }[]>(
    `INSERT INTO parked_push (connection_id, kind, object_id, object_name, reason, http_status, ocpi_status)
     VALUES ('emsp', 'cdr', $1, 'NL*EVC/CDR1', 'OCPI 2001: no', 200, 2001) RETURNING id`,
    [cdrId],
  );
  return row!.id;
};

const storeEvent = async (raw: Buffer): Promise<number> => {
  const [row] = await admin.dataSource.query<{ id: number }[]>(
    `INSERT INTO parked_event (state, type, subject, reason, binding, origin, raw)
     VALUES ('parked', 'ocpi.cdr.issued.v1', 'NL*EVC/CDR9', 'total_cost: required', 'kafka',
       '{"topic":"ocpi.csms.cdrs.v1","partition":3,"offset":"17"}', $1) RETURNING id`,
    [raw],
  );
  return row!.id;
};

describe('parked pushes', () => {
  it('are listed and shown with the last exchange', async () => {
    const id = await park();
    await admin.dataSource.query(
      `INSERT INTO exchange (connection_id, kind, object_name, at, method, url, http_status, ocpi_status, response,
         duration_ms, outcome) VALUES ('emsp', 'cdr', 'NL*EVC/CDR1', now(), 'POST', 'https://e.example/cdrs', 200, 2001,
         '{"status_code":2001}', 7, 'rejected')`,
    );

    const { body } = await admin.get('parked-pushes?connection=emsp').expect(200);
    expect(body.parkedPushes).toEqual([
      expect.objectContaining({
        id,
        connectionId: 'emsp',
        kind: 'cdr',
        reason: 'OCPI 2001: no',
        ocpiStatus: 2001,
      }),
    ]);
    const shown = await admin.get(`parked-pushes/${id}`).expect(200);
    expect(shown.body.lastExchange).toMatchObject({
      outcome: 'rejected',
      response: '{"status_code":2001}',
    });
    await admin.get('parked-pushes?connection=other').expect(200, { parkedPushes: [] });
    await admin.get('parked-pushes/999999').expect(404);
    await admin.get('parked-pushes/x').expect(400);
  });

  it('are not redriven for a partner without traffic, and say so', async () => {
    const id = await park();

    const { body } = await admin
      .post('parked-pushes/redrive')
      .send({ ids: [id] })
      .expect(409);

    expect(body.detail).toContain('no traffic');
  });

  it('are redriven by id and by connection: the CDR is owed again and a change tells its feed', async () => {
    await markRegistered(admin.dataSource, 'emsp', '2.2.1', {
      country_code: 'NL',
      party_id: 'EMA',
    });
    const id = await park();

    await admin
      .post('parked-pushes/redrive')
      .send({ ids: [id] })
      .expect(200, { redriven: 1 });

    const changes = await admin.dataSource.query(
      "SELECT * FROM change WHERE connection_id = 'emsp'",
    );
    expect(changes).toEqual([expect.objectContaining({ kind: 'cdr', object_id: cdrId })]);
    const [receipt] = await admin.dataSource.query('SELECT state FROM cdr_receipt');
    expect(receipt.state).toBe('owed');
    await admin
      .post('parked-pushes/redrive')
      .send({ connection: 'emsp' })
      .expect(200, { redriven: 1 });
    await admin.post('parked-pushes/redrive').send({}).expect(400);
    await admin
      .post('parked-pushes/redrive')
      .send({ ids: [999999] })
      .expect(404);
  });

  it('are given up one by one', async () => {
    const id = await park();

    await admin.delete(`parked-pushes/${id}`).expect(204);

    await admin.get('parked-pushes').expect(200, { parkedPushes: [] });
    await admin.delete(`parked-pushes/${id}`).expect(404);
  });
});

describe('parked events of the CSMS', () => {
  it('are listed without bytes and shown with them, as text where they are text', async () => {
    const text = await storeEvent(Buffer.from('{"id":"CDR9"}'));
    const binary = await storeEvent(Buffer.from([0xff, 0x00, 0xfe]));

    const { body } = await admin.get('parked-events?state=parked').expect(200);
    expect(body.parkedEvents.map(({ id }: { id: number }) => id)).toEqual([binary, text]);
    expect(body.parkedEvents[0]).not.toHaveProperty('rawBase64');
    const shown = await admin.get(`parked-events/${text}`).expect(200);
    expect(shown.body).toMatchObject({
      rawText: '{"id":"CDR9"}',
      reason: 'total_cost: required',
      origin: { topic: 'ocpi.csms.cdrs.v1', partition: 3, offset: '17' },
    });
    const bytes = await admin.get(`parked-events/${binary}`).expect(200);
    expect(bytes.body.rawBase64).toBe('/wD+');
    expect(bytes.body).not.toHaveProperty('rawText');
    await admin.get('parked-events?state=lost').expect(400);
  });

  it('are redriven together or not at all, and dropped', async () => {
    const id = await storeEvent(Buffer.from('{}'));

    await admin
      .post('parked-events/redrive')
      .send({ ids: [id, 999999] })
      .expect(404);
    const state = async () =>
      (await admin.dataSource.query('SELECT state FROM parked_event WHERE id = $1', [id]))[0]
        ?.state;
    expect(await state()).toBe('parked');
    await admin
      .post('parked-events/redrive')
      .send({ ids: [id] })
      .expect(200, { redriven: 1 });
    expect(await state()).toBe('held');
    await admin.delete(`parked-events/${id}`).expect(204);
    expect(await state()).toBeUndefined();
    await admin.delete(`parked-events/${id}`).expect(404);
  });
});
