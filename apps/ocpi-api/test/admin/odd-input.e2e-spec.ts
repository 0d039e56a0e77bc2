import { type Admin, startAdmin } from './admin-harness.js';

let admin: Admin;

beforeAll(async () => {
  admin = await startAdmin();
  await admin
    .post('hosted-parties')
    .send({ countryCode: 'NL', partyId: 'EVC', businessDetails: { name: 'EVC' } })
    .expect(201);
  await admin
    .post('connections')
    .send({ id: 'emsp', name: 'eMSP', allowedParties: ['NL*EMA'] })
    .expect(201);
});
afterAll(() => admin.stop());

const NEW = { id: 'other', name: 'Other', allowedParties: ['NL*EMB'] };
const CLIENT = { name: 'csms', parties: ['NL*EVC'] };
const ID = '99999999999999999999';

describe('what the database cannot hold', () => {
  it.each<[method: 'get' | 'post' | 'put' | 'patch' | 'delete', path: string, field: string]>([
    ['get', 'connections/%00', 'id'],
    ['patch', 'connections/%00', 'id'],
    ['delete', 'connections/a%00b', 'id'],
    ['post', 'connections/%00/pause', 'id'],
    ['post', 'connections/%00/resync', 'id'],
    ['get', 'connections/%00/visibility/locations', 'id'],
    ['get', 'connections/emsp/view/location/NL*EVC/%00', 'id'],
    ['delete', 'csms-clients/%00', 'name'],
    ['get', 'objects/cdr/NL*EVC/%00/deliveries', 'id'],
    ['get', 'objects/cdr/%00/x/deliveries', 'party'],
    ['get', 'parked-pushes?connection=%00', 'connection'],
    ['get', `parked-pushes?beforeId=${ID}`, 'beforeId'],
    ['get', `parked-events?beforeId=${ID}`, 'beforeId'],
    ['get', `parked-pushes/${ID}`, 'id'],
    ['get', `parked-events/${ID}`, 'id'],
    ['delete', `parked-pushes/${ID}`, 'id'],
    ['delete', 'parked-events/1.5', 'id'],
  ])('%s %s is 400 and names %s', async (method, path, field) => {
    const { body } = await admin[method](path).expect(400);

    expect(body.errors[0].field).toBe(field);
  });

  it.each<[method: 'post' | 'put' | 'patch', path: string, sent: object, field: string]>([
    ['post', 'connections', { ...NEW, name: 'a\0' }, 'name'],
    [
      'post',
      'connections',
      { ...NEW, profile: { postalCodePlaceholder: '\ud800' } },
      'profile.postalCodePlaceholder',
    ],
    ['post', 'connections', { ...NEW, profile: { toString: 1 } }, 'profile.toString'],
    ['patch', 'connections/emsp', { profile: { valueOf: 1 } }, 'profile.valueOf'],
    ['patch', 'connections/emsp', { name: '\0' }, 'name'],
    ['post', 'connections/emsp/handshake', { versionsUrl: 'https://a.example/\0' }, 'versionsUrl'],
    ['put', 'connections/emsp/visibility/locations', { objects: ['NL*EVC/\0'] }, 'objects[0]'],
    ['post', 'csms-clients', { ...CLIENT, sources: ['urn:a', '\0'] }, 'sources[1]'],
    ['post', 'csms-clients', { ...CLIENT, webhookUrl: 'https://a.example/\0' }, 'webhookUrl'],
    [
      'post',
      'hosted-parties',
      { countryCode: 'NL', partyId: 'EVD', businessDetails: { name: '\ud800' } },
      'businessDetails.name',
    ],
    [
      'post',
      'hosted-parties',
      { countryCode: 'NL', partyId: 'EVD', businessDetails: { name: 'x', 'a\0': 1 } },
      'businessDetails',
    ],
    ['post', 'parked-pushes/redrive', { ids: [1e300] }, 'ids'],
    ['post', 'parked-events/redrive', { ids: [1e300] }, 'ids'],
    ['post', 'parked-pushes/redrive', { connection: '\0' }, 'connection'],
  ])('%s %s with %j is 400 and names %s', async (method, path, sent, field) => {
    const { body } = await admin[method](path).send(sent).expect(400);

    expect(body.errors[0].field).toBe(field);
  });
});
