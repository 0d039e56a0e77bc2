import { runProcess } from '#platform';
import { startCsmsConsumer } from './create-app.js';

await runProcess('csms-consumer', startCsmsConsumer);
