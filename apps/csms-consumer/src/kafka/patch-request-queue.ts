import { createRequire } from 'node:module';

interface RequestQueue {
  pending: unknown[];
  throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

/**
 * kafkajs 2.2.4 re-arms a timer of 1 ms for ever although nothing waits: 6 % of a core, and a warning about negative
 * timeouts on Node 24. With nothing pending and no throttling the timer has nothing to do, so it is not set. Remove this
 * when kafkajs carries a fix (its pull requests 1755 and 1768).
 */
export function patchRequestQueue(): void {
  const require = createRequire(import.meta.url);
  const { prototype } = require('kafkajs/src/network/requestQueue') as {
    prototype: RequestQueue & { patched?: true };
  };
  if (prototype.patched) return;
  prototype.patched = true;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its own `this` below
  const original = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length === 0 && this.throttledUntil <= Date.now()) return;
    original.call(this);
  };
}
