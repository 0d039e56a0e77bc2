import { jest } from '@jest/globals';

// Against hanging only: real servers on a busy machine take their time, and no test may depend on speed.
jest.setTimeout(120_000);
