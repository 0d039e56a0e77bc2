import { stdSerializers } from 'pino';
import { isSecretName } from './secret-names.js';
import { HIDDEN, scrubSecrets } from './secret-text.js';

/** Deeper than anything we log on purpose. */
const MOST_DEEP = 8;
const MOST_ITEMS = 200;

/**
 * What a log line may show of its fields (P15): fields with a secret's name are hidden at any depth, texts lose what looks like
 * a secret, and of errors is kept what says why.
 */
export function scrubFields(fields: Record<string, unknown>): Record<string, unknown> {
  return scrubObject(fields, 0);
}

function scrubObject(fields: object, depth: number): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    shown[name] = canHide(value) && isSecretName(name) ? HIDDEN : scrubValue(value, depth + 1);
  }
  return shown;
}

/** A count or a flag hides nothing, whatever it is called. */
const canHide = (value: unknown): boolean =>
  typeof value === 'string' || (typeof value === 'object' && value !== null);

function scrubValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return scrubSecrets(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isError(value)) return scrubError(value);
  if (depth > MOST_DEEP) return '[deeper]';
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) {
    return value.slice(0, MOST_ITEMS).map((item) => scrubValue(item, depth + 1));
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return scrubValue((value.toJSON as () => unknown)(), depth + 1);
  }
  return scrubObject(value, depth);
}

// Of another realm under Jest, so not by instanceof alone.
const isError = (value: object): value is Error =>
  value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';

/** Drivers hang queries, parameters and whole requests on their errors: what says why is kept, what may hold a secret is not. */
function scrubError(error: Error): Record<string, unknown> {
  const serialized: Record<string, unknown> = { ...stdSerializers.err(error) };
  const kept: Record<string, unknown> = {};
  for (const field of ['type', 'message', 'stack', 'code', 'statusCode', 'constraint']) {
    const value = serialized[field];
    if (value !== undefined) kept[field] = typeof value === 'string' ? scrubSecrets(value) : value;
  }
  return kept;
}
