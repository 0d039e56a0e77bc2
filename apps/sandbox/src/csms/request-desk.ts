import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CloudEvent,
  isRequestType,
  type RequestData,
  type RequestTypeName,
} from '#csms-contract';
import { type PartyId } from '#ocpi';
import { type RequestLedger, type RequestResult } from './request-ledger.js';
import { type RequestMisbehaviour, RequestManners } from './request-misbehaviour.js';
import { type Say } from './say.js';

/** What acting on a request comes to: the station's answer, and what happens once it was given. */
export interface Outcome {
  result: RequestResult;
  then?: () => Promise<void>;
}

export type Action<T extends RequestTypeName> = (request: RequestData<T>) => Outcome;
export type Actions = { [T in RequestTypeName]: Action<T> };

/** A request as it came in, for whoever looks on. */
export interface ReceivedRequest {
  at: Date;
  type: RequestTypeName;
  data: RequestData<RequestTypeName>;
}

interface DeskOptions {
  party: PartyId;
  actions: Actions;
  ledger: RequestLedger;
  say: Say;
  onTrouble: (error: unknown) => void;
}

/** Takes requests, acts on each at most once and never after its deadline, and answers in two steps. */
export class RequestDesk {
  readonly manners = new RequestManners();
  private readonly listeners: ((request: ReceivedRequest) => void)[] = [];

  constructor(private readonly options: DeskOptions) {}

  onRequest(listener: (request: ReceivedRequest) => void): void {
    this.listeners.push(listener);
  }

  /** Returns when the request is on record; the work goes on. Other messages are none of its business. */
  take({ type, data }: CloudEvent): void {
    if (!isRequestType(type)) return;
    const request = data as RequestData<RequestTypeName>;
    const { ledger, onTrouble } = this.options;
    if (ledger.take(request.command_id)) {
      for (const listener of this.listeners) listener({ at: new Date(), type, data: request });
      this.work(type, request).catch(onTrouble);
      return;
    }
    // A repeat: the answer may have been lost, so it is given again. An open one is being worked on.
    const before = ledger.resultOf(request.command_id);
    if (before) this.finish(request, before).catch(onTrouble);
  }

  private async work(type: RequestTypeName, request: RequestData<RequestTypeName>): Promise<void> {
    const bad = this.manners.next(type);
    if (bad?.kind === 'silent') return;
    await this.options.say('ocpi.request.taken-on.v1', this.frame(request));
    if (bad?.kind === 'slow') await sleep(bad.delayMs);
    if (bad?.kind === 'refuse') return this.answer(request, bad.result);
    if (Date.now() >= Date.parse(request.deadline)) {
      return this.answer(request, { error: 'Expired' });
    }
    this.options.ledger.acts(request.command_id);
    const { result, then } = this.act(type, request);
    await this.answerInManner(request, result, bad, then);
  }

  private act(type: RequestTypeName, request: RequestData<RequestTypeName>): Outcome {
    return (this.options.actions[type] as Action<RequestTypeName>)(request);
  }

  private async answerInManner(
    request: RequestData<RequestTypeName>,
    result: RequestResult,
    bad: RequestMisbehaviour | undefined,
    then: Outcome['then'] = () => Promise.resolve(),
  ): Promise<void> {
    if (bad?.kind === 'late') {
      then().catch(this.options.onTrouble);
      await sleep(Math.max(0, Date.parse(request.deadline) - Date.now()) + bad.byMs);
      return this.answer(request, result);
    }
    await this.answer(request, result);
    if (bad?.kind === 'double') await this.finish(request, result);
    if (bad?.kind === 'contradictory') await this.finish(request, { status: 'Rejected' });
    await then();
  }

  private async answer(
    request: RequestData<RequestTypeName>,
    result: RequestResult,
  ): Promise<void> {
    this.options.ledger.answers(request.command_id, result);
    await this.finish(request, result);
  }

  private finish(request: RequestData<RequestTypeName>, result: RequestResult): Promise<void> {
    return this.options.say('ocpi.request.finished.v1', { ...this.frame(request), ...result });
  }

  private frame({ command_id }: { command_id: string }): object {
    return { ...this.options.party, command_id };
  }
}
