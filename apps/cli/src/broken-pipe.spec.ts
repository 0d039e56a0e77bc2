import { EventEmitter } from 'node:events';
import { tolerateBrokenPipe } from './broken-pipe.js';

describe('an output whose reader left', () => {
  it('is no failure of the command', () => {
    const output = new EventEmitter();
    tolerateBrokenPipe(output);

    expect(() => output.emit('error', faultOf('EPIPE'))).not.toThrow();
  });

  it('does not hide another failure, such as a full disk', () => {
    const output = new EventEmitter();
    tolerateBrokenPipe(output);

    expect(() => output.emit('error', faultOf('ENOSPC'))).toThrow('ENOSPC');
  });
});

const faultOf = (code: string): Error => Object.assign(new Error(code), { code });
