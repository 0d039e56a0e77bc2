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
});
