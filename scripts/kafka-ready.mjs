import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until the broker answers with itself as controller, which is when topics can be made and written. */
export async function waitForKafka(brokers, { timeoutMs, stillRuns }) {
  const { default: kafkajs } = await import('kafkajs');
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const kafka = new kafkajs.Kafka({
      brokers: brokers.split(','),
      connectionTimeout: 1000,
      requestTimeout: 2000,
      retry: { retries: 0 },
      logLevel: kafkajs.logLevel.NOTHING,
    });
    const admin = kafka.admin();
    try {
      await admin.connect();
      const { controller, brokers: known } = await admin.describeCluster();
      if (known.some((each) => each.nodeId === controller)) return;
    } catch {
      // not up yet
    } finally {
      await admin.disconnect().catch(() => {});
    }
    if (!stillRuns()) throw new Error('it ended');
    if (Date.now() > deadline) throw new Error(`no answer on ${brokers} within ${timeoutMs} ms`);
    await sleep(100);
  }
}
