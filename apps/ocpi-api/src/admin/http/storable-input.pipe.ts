import { type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { unstorableText } from '#database';
import { Problem } from './problem.js';

/**
 * Refuses text that the database cannot hold, wherever in a request it stands: a NUL, or half of a surrogate pair. Runs on
 * what was sent, before it becomes an object of ours. @throws Problem 400 with the field
 */
export class StorableInput implements PipeTransform {
  transform(value: unknown, { type, data }: ArgumentMetadata): unknown {
    const path = type === 'custom' ? undefined : unstorableText(value, data);
    if (path === undefined) return value;
    throw Problem.invalid([{ path, message: 'holds a NUL or half of a surrogate pair' }]);
  }
}
