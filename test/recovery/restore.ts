import { restoreElsewhere } from './restore-elsewhere.js';
import { startOwnServers } from './own-servers.js';

/** `npm run check:restore`: the second half; the script before it has found the programs of PostgreSQL. */
const [postgresBin] = process.argv.slice(2);
if (postgresBin === undefined) throw new Error('name the folder of pg_dump');
const servers = await startOwnServers('restore', postgresBin);
let isHeld: boolean;
try {
  const { held, note } = await restoreElsewhere(servers, { postgresBin, perSecond: 25 });
  console.log(`restore: ${held ? 'held' : 'BROKEN'}. ${note}`);
  isHeld = held;
} finally {
  await servers.stop();
}
process.exit(isHeld ? 0 : 1);
