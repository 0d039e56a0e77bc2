import { isRequestType } from '#csms-contract';
import { type RequestMisbehaviour } from '../../../apps/sandbox/src/csms/request-misbehaviour.js';
import { type VirtualCsms } from '../../../apps/sandbox/src/csms/virtual-csms.js';

/** A request that reached the CSMS, repeats included. */
export interface SeenRequest {
  deadline: Date;
  times: number;
}

/** Lets a CSMS go wrong at random from now on, anew for each request, and counts what reaches it, by `command_id`. */
export function goWild(
  csms: VirtualCsms,
  random: () => number,
  timeoutMs: number,
): Map<string, SeenRequest> {
  const seen = new Map<string, SeenRequest>();
  csms.onMessage(({ type, data }) => {
    if (!isRequestType(type)) return;
    const { command_id: id, deadline } = data as { command_id: string; deadline: string };
    const before = seen.get(id)?.times ?? 0;
    seen.set(id, { deadline: new Date(deadline), times: before + 1 });
  });
  csms.onRequest(({ type }) => csms.misbehave(type, misbehaviour(random, timeoutMs)));
  return seen;
}

/** Two in five behave. */
function misbehaviour(random: () => number, timeoutMs: number): RequestMisbehaviour | undefined {
  switch (Math.floor(random() * 10)) {
    case 0:
      return { kind: 'silent' };
    case 1:
      return { kind: 'late', byMs: random() * 1500 };
    case 2:
      return { kind: 'double' };
    case 3:
      return { kind: 'contradictory' };
    case 4: // about its deadline, before as after
      return { kind: 'slow', delayMs: timeoutMs * (0.6 + random() * 0.5) };
    case 5:
      return { kind: 'slow', delayMs: random() * 1000 };
    default:
      return undefined;
  }
}
