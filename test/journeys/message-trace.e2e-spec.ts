import { buildNetwork } from '../../apps/sandbox/src/csms/charging-network.js';
import { VirtualCsms } from '../../apps/sandbox/src/csms/virtual-csms.js';
import { type Json } from '../harness/api-harness.js';
import { eventually } from '../harness/wait-for.js';
import { Journey } from './journey.js';

const OPERATOR = { country_code: 'NL', party_id: 'EVC' };

let journey: Journey;

beforeAll(async () => {
  journey = await Journey.start('HTTP', OPERATOR);
});
afterAll(() => (journey as Journey | undefined)?.stop());

describe('a trace that is switched on while the gateway runs', () => {
  it('shows what the other process pushes to that partner, and nothing of another', async () => {
    await journey.admin.call('POST', '/connections/emsp-221/trace', { seconds: 600 });
    const csms = new VirtualCsms(buildNetwork(OPERATOR, new Date()), journey.sender);
    await csms.stateNetwork();
    const messages = async (id: string): Promise<Json[]> =>
      (await journey.admin.call('GET', `/connections/${id}/messages?direction=out`)).messages;

    const pushed = await eventually(async () => {
      const [one] = (await messages('emsp-221')).filter(({ module }) => module === 'locations');
      return one ?? false;
    });

    expect(pushed).toMatchObject({ method: 'PUT', httpStatus: 201, ocpiStatus: 1000 });
    const shown = await journey.admin.call('GET', `/connections/emsp-221/messages/${pushed.id}`);
    expect(shown.requestHeaders.authorization).toBe('Token ***');
    expect(JSON.parse(shown.requestBody)).toMatchObject({ party_id: 'EVC' });
    expect(await messages('emsp-230')).toEqual([]);
  });
});
