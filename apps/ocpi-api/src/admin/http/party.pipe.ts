import { type PipeTransform } from '@nestjs/common';
import { PARTY_KEY, PARTY_KEY_MESSAGE } from './party-key.js';
import { Problem } from './problem.js';

/** The party of an object in the path. @throws Problem 400 */
export class PartyInPath implements PipeTransform<string, string> {
  transform(value: string): string {
    if (PARTY_KEY.test(value)) return value;
    throw Problem.invalid([{ path: 'party', message: PARTY_KEY_MESSAGE }]);
  }
}
