import { partyKey } from '#ocpi';
import { buildNetwork } from '../../apps/sandbox/src/csms/charging-network.js';
import { VirtualEmsp } from '../../apps/sandbox/src/partners/virtual-emsp.js';
import { ApiHarness, wireToken } from '../harness/api-harness.js';
import { freePorts } from '../harness/servers.js';
import { storeLocation } from '../harness/stored-objects.js';

const SANDBOX_PARTY = { country_code: 'NL', party_id: 'EVC' };

describe('the virtual eMSP of the quickstart', () => {
  let api: ApiHarness;
  beforeAll(async () => {
    const [port] = await freePorts(1);
    api = await ApiHarness.start({
      OCPI_PUBLIC_PORT: String(port),
      OCPI_PUBLIC_URL: `http://127.0.0.1:${port}`,
    });
    await api.host(partyKey(SANDBOX_PARTY));
  });
  afterAll(() => (api as ApiHarness | undefined)?.stop());

  it.each(['2.1.1', '2.2.1', '2.3.0'] as const)(
    '%s: still pulls everything and pushes tokens when another party was added beside its first',
    async (version) => {
      const digits = version.replaceAll('.', '').slice(1);
      const id = `emsp-${digits}`;
      const party = { country_code: 'DE', party_id: `E${digits}` };
      const added = { country_code: 'NL', party_id: `N${digits}` };
      const emsp = await new VirtualEmsp({ name: id, party, version, tokens: [] }).start();
      try {
        await emsp.register(`${api.base}/ocpi/versions`, await api.invite(id));
        await api.host(partyKey(added));
        for (const owner of [SANDBOX_PARTY, added]) {
          const location = buildNetwork(owner, new Date()).locations[0]!;
          await storeLocation(api.dataSource, { ...location, id: `AT-${version}` });
        }

        await emsp.resume(`${api.base}/ocpi/versions`);
        await emsp.pushToken(wireToken(version, `CARD-${version}`, party));

        const keys = [...emsp.store.locations.keys()].filter((key) => key.endsWith(version));
        expect(keys).toContain(`NL/EVC/AT-${version}`);
        if (version !== '2.1.1') expect(keys).toContain(`NL/${added.party_id}/AT-${version}`);
      } finally {
        await emsp.stop();
      }
    },
  );
});
