import { type Receipt } from '../partners/virtual-emsp.js';
import { Timeline } from './timeline.js';

const received = (given: Partial<Receipt>): Receipt => ({
  at: new Date(),
  method: 'PUT',
  module: 'locations',
  segments: ['NL', 'EVC', 'SITE-001'],
  body: {},
  headers: {},
  httpStatus: 201,
  ...given,
});

describe('the timeline', () => {
  it('says in one line how many locations a partner saw for the first time, before what became of them', () => {
    const lines: string[] = [];
    const timeline = new Timeline((line) => lines.push(line.slice(10)));

    for (let n = 0; n < 22; n++) timeline.receipt('VoltPass', '2.2.1', received({}));
    timeline.receipt(
      'VoltPass',
      '2.2.1',
      received({
        method: 'PATCH',
        segments: ['NL', 'EVC', 'SITE-001', 'EVSE-1'],
        body: { status: 'CHARGING' },
        httpStatus: 200,
      }),
    );

    expect(lines.map((line) => line.replace(/ +/g, ' '))).toEqual([
      ' VoltPass 2.2.1 PUT locations 22 locations it had not seen',
      ' VoltPass 2.2.1 PATCH locations SITE-001/EVSE-1 → CHARGING HTTP 200',
    ]);
  });

  it('tells who asked what, what the gateway said, and when which result came', () => {
    const lines: string[] = [];
    const timeline = new Timeline((line) => lines.push(line.slice(10)));
    const at = (ms: number): Date => new Date(Date.now() + ms);
    const command = { id: 'C-1', what: 'START_SESSION', sentAt: at(0) };

    timeline.sends('VoltPass', '2.2.1', command);
    const answer = { result: 'ACCEPTED', timeout: 30 };
    timeline.answered('VoltPass', '2.2.1', { ...command, answer, answeredAt: at(12) });
    timeline.statement({
      at: at(20),
      type: 'ocpi.request.finished.v1',
      content: { command_id: 'C-7', status: 'Accepted' },
    });
    timeline.receipt(
      'VoltPass',
      '2.2.1',
      received({
        method: 'POST',
        module: 'responses',
        segments: ['C-1'],
        body: { result: 'ACCEPTED' },
        httpStatus: 200,
        at: new Date(command.sentAt.getTime() + 34),
      }),
    );

    expect(lines.map((line) => line.replace(/ +/g, ' ').replace(/\+1[0-9] ms/, '+12 ms'))).toEqual([
      ' VoltPass 2.2.1 asks START_SESSION',
      ' VoltPass 2.2.1 is answered START_SESSION → ACCEPTED +12 ms',
      'CSMS request.finished C-7 → Accepted',
      ' VoltPass 2.2.1 gets the result START_SESSION → ACCEPTED HTTP 200 +34 ms',
    ]);
  });

  it('does not say that a result was got which the partner answered with an error', () => {
    const lines: string[] = [];
    const timeline = new Timeline((line) => lines.push(line.slice(10)));

    timeline.receipt(
      'VoltPass',
      '2.2.1',
      received({
        ...{ method: 'POST', module: 'responses', segments: ['C-1'], httpStatus: 500 },
        body: { result: 'ACCEPTED' },
      }),
    );

    expect(lines.map((line) => line.replace(/ +/g, ' '))).toEqual([
      ' VoltPass 2.2.1 fails on the result C-1 → ACCEPTED HTTP 500',
    ]);
  });
});
