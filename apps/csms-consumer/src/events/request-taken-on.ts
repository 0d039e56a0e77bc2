import { takeOnCommands } from '#commands';
import { type RequestTakenOn, requestTakenOnChecker } from '#csms-contract';
import { eventHandler } from './event-handler.js';
import { APPLIED, stale, UNCHANGED } from './incoming-event.js';
import { dropUnknown } from './dropped-results.js';

/** The CSMS has a request and will act on it. */
export const requestTakenOn = eventHandler<RequestTakenOn>({
  checker: requestTakenOnChecker,
  goesFirst: true, // between the results that a CSMS sends along, each would be a batch of its own
  handle: async (tx, events) => {
    const answers = await takeOnCommands(tx.sql, events, tx.now);
    return answers.map((answer, index) => {
      if (answer === 'taken on') return APPLIED;
      if (answer === 'known') return UNCHANGED;
      const id = events[index]?.data.command_id ?? '';
      dropUnknown(tx, `command ${id}`);
      return stale(`no command ${id} of this party`);
    });
  },
});
