import { type RequestTypeName } from '#csms-contract';
import { type RequestResult } from './request-ledger.js';

/** Ways a CSMS can go wrong with requests, each for the next `times` of them (default: until told otherwise). */
export type RequestMisbehaviour = { times?: number } & (
  | /** Begins that much later, unless the deadline is over by then. */ {
      kind: 'slow';
      delayMs: number;
    }
  | /** Neither acts nor says anything. */ { kind: 'silent' }
  | /** Acts at once, and says so that long after the deadline. */ { kind: 'late'; byMs: number }
  | /** Acts once and says so twice. */ { kind: 'double' }
  | /** Acts, says so, then says Rejected. */ { kind: 'contradictory' }
  | /** Does not act and answers this. */ { kind: 'refuse'; result: RequestResult }
);

export const MISBEHAVIOURS: readonly RequestMisbehaviour['kind'][] = [
  'slow',
  'silent',
  'late',
  'double',
  'contradictory',
  'refuse',
];

/** What is in force per kind of request; `*` stands for all that have none of their own. */
export class RequestManners {
  private readonly set = new Map<RequestTypeName | '*', RequestMisbehaviour>();
  private readonly left = new Map<RequestTypeName | '*', number>();

  misbehave(type: RequestTypeName | '*', misbehaviour: RequestMisbehaviour | undefined): void {
    if (!misbehaviour) {
      this.set.delete(type);
      return;
    }
    this.set.set(type, misbehaviour);
    this.left.set(type, misbehaviour.times ?? Infinity);
  }

  /** What the next request of this kind gets; undefined = good manners. */
  next(type: RequestTypeName): RequestMisbehaviour | undefined {
    for (const key of [type, '*'] as const) {
      const left = this.left.get(key) ?? 0;
      const found = this.set.get(key);
      if (!found || left <= 0) continue;
      this.left.set(key, left - 1);
      return found;
    }
    return undefined;
  }
}
