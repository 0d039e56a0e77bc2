import { type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { Problem } from './problem.js';

/**
 * Refuses text that the database cannot hold, wherever in a request it stands: a NUL, or half of a surrogate pair. Runs on
 * what was sent, before it becomes an object of ours. @throws Problem 400 with the field
 */
export class StorableInput implements PipeTransform {
  transform(value: unknown, { type, data }: ArgumentMetadata): unknown {
    const path = type === 'custom' ? undefined : unstorablePath(value, data ?? '');
    if (path === undefined) return value;
    throw Problem.invalid([{ path, message: 'holds a NUL or half of a surrogate pair' }]);
  }
}

/** The path of the first text that cannot be stored, names of fields included. */
function unstorablePath(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : path;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const below = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    const found = isStorable(key) ? unstorablePath(item, below) : path || 'the name of a field';
    if (found !== undefined) return found;
  }
  return undefined;
}

const isStorable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();
