import { Injectable } from '@nestjs/common';

/** The time of day; tests set their own. */
export abstract class Clock {
  abstract now(): Date;
}

@Injectable()
export class SystemClock extends Clock {
  now(): Date {
    return new Date();
  }
}
