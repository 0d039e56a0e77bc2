/**
 * Services that run as detached processes of their own (PostgreSQL, Kafka) must not outlive the script that
 * started them. A script with its own signal handlers stops them itself; for one without, SIGINT and SIGTERM
 * stop them here. Leaving the process by any other way at least signals them.
 */
const running = new Set();
let installed = false;

/** Registers `{ stop(): Promise<void>, signalNow(): void }`; returns a function that takes it off the list. */
export function registerService(service) {
  running.add(service);
  if (!installed) {
    installed = true;
    process.on('exit', () => {
      for (const each of running) each.signalNow();
    });
    for (const [name, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ]) {
      process.on(name, () => {
        if (process.listenerCount(name) > 1) return; // the script has a shutdown of its own
        void stopAll().finally(() => process.exit(code));
      });
    }
  }
  return () => running.delete(service);
}

async function stopAll() {
  await Promise.allSettled([...running].map((service) => service.stop()));
}
