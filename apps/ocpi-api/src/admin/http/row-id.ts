import { applyDecorators, type PipeTransform } from '@nestjs/common';
import { IsInt, Max, Min, type ValidationOptions } from 'class-validator';
import { Problem } from './problem.js';

const MESSAGE = `must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`;

/** A field that holds the number of a row, or with `each` several. */
export const IsRowId = (options: ValidationOptions = {}): PropertyDecorator =>
  applyDecorators(
    IsInt({ ...options, message: MESSAGE }),
    Min(0, { ...options, message: MESSAGE }),
    Max(Number.MAX_SAFE_INTEGER, { ...options, message: MESSAGE }),
  );

/** The number of a row in the path. @throws Problem 400 */
export class RowId implements PipeTransform<string, number> {
  transform(value: string): number {
    const id = /^\d{1,16}$/.test(value) ? Number(value) : NaN;
    if (Number.isSafeInteger(id)) return id;
    throw Problem.invalid([{ path: 'id', message: MESSAGE }]);
  }
}
