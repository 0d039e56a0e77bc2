import { type PipeTransform } from '@nestjs/common';
import { Problem } from './problem.js';

/** A part of the path that is one of a few words. @throws Problem 400 that lists them */
export class OneOf<T extends string> implements PipeTransform<string, T> {
  constructor(
    private readonly name: string,
    private readonly words: readonly T[],
  ) {}

  transform(value: string): T {
    const word = this.words.find((candidate) => candidate === value);
    if (word !== undefined) return word;
    const message = `must be one of ${this.words.join(', ')}`;
    throw Problem.invalid([{ path: this.name, message }]);
  }
}
