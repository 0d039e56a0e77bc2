import { type CsmsEvent, csmsEvent, HttpEventSender, HttpMessageReceiver } from '#csms-client';
import { BENCH_PARTY } from '../network/template-location.js';
import { serveCalls } from '../processes/worker-calls.js';

const SOURCE = 'urn:bench:csms';

/** A CSMS on the HTTP binding whose stations accept everything at once, in both steps. */
async function serve({ csmsUrl, key }: { csmsUrl: string; key: string }): Promise<void> {
  const sender = new HttpEventSender(csmsUrl, key);
  let waiting: CsmsEvent[] = [];
  let sending: Promise<void> | undefined;
  /** What comes while one batch is on its way shares the next. */
  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      await sender.send(batch);
    }
    sending = undefined;
  };
  const receiver = new HttpMessageReceiver([csmsUrl], key, { from: 'start' });
  await receiver.start(({ type, data }) => {
    if (type !== 'ocpi.start-session.requested.v1') return;
    const { command_id } = data as { command_id: string };
    const frame = { ...BENCH_PARTY, command_id };
    const finished = { ...frame, status: 'Accepted' };
    waiting.push(csmsEvent('ocpi.request.taken-on.v1', frame, { source: SOURCE }));
    waiting.push(csmsEvent('ocpi.request.finished.v1', finished, { source: SOURCE }));
    sending ??= flush();
  });
}

const functions = { serve };
export type InstantCsms = typeof functions;

serveCalls(functions);
