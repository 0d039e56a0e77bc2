import { startOwnServers } from './own-servers.js';
import { upgradeUnderLoad } from './upgrade-under-load.js';

/** `npm run check:upgrade [-- REF]`: the second half; the script before it has built the release before. */
const [oldRoot] = process.argv.slice(2);
if (oldRoot === undefined) throw new Error('name the checkout of the release before');
const servers = await startOwnServers('upgrade');
let isHeld: boolean;
try {
  const backing = servers.backingOn(await servers.freshCluster());
  const { held, note } = await upgradeUnderLoad(backing, {
    oldRoot,
    replicas: 2,
    besideMs: 5000,
    eventsPerSecond: 20,
    visitsPerSecond: 2,
    requestsPerSecond: 15,
  });
  console.log(`upgrade: ${held ? 'held' : 'BROKEN'}. ${note}`);
  isHeld = held;
} finally {
  await servers.stop();
}
process.exit(isHeld ? 0 : 1);
