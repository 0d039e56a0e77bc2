import { countDropped, countSettled, finishCommands } from '#commands';
import { type RequestFinished, requestFinishedChecker } from '#csms-contract';
import { advisePhases, type FieldError } from '#ocpi';
import { dropped } from './dropped-results.js';
import { eventHandler } from './event-handler.js';
import { APPLIED, stale } from './incoming-event.js';

const ANSWERS = ['status', 'error', 'preferences_response'] as const;

/** What came of a request: the first result in time is its outcome, all others are dropped (P8, CMD-22, CMD-27). */
export const requestFinished = eventHandler<RequestFinished>({
  checker: requestFinishedChecker,
  rules: onlyAnswer,
  advice: ({ active_charging_profile }) => advisePhases(active_charging_profile),
  handle: async (tx, events) => {
    const taken = await finishCommands(tx.sql, events, tx.now);
    return taken.map((result, index) => {
      if (result.kind === 'settled') {
        tx.waiting.add('commands');
        tx.counted.push((metrics) => countSettled(metrics, result.settled, tx.now));
        return APPLIED;
      }
      const { why, reason } = result;
      tx.counted.push((metrics) => countDropped(metrics, why));
      dropped(why, `command ${events[index]?.data.command_id ?? ''}`, reason);
      return stale(reason);
    });
  },
});

function onlyAnswer(data: RequestFinished): FieldError[] {
  const given = ANSWERS.filter((field) => data[field] !== undefined);
  if (given.length === 1) return [];
  return [{ path: 'status', message: `exactly one of ${ANSWERS.join(', ')} is needed` }];
}
