import { runProcess } from '#platform';
import { startOcpiApi } from './create-app.js';

await runProcess('ocpi-api', startOcpiApi);
