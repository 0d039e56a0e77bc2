import { type IncomingMessage } from 'node:http';

const MAX_LENGTH = 128;

/**
 * The id a caller gave in a header, if it is fit to be logged and echoed (TRN-63): printable ASCII and at most 128
 * characters; otherwise undefined, and the caller's id is replaced by a fresh one.
 */
export function givenId(request: IncomingMessage, header: string): string | undefined {
  const value = request.headers[header];
  const id = typeof value === 'string' ? value.replace(/[^ -~]/g, '').trim() : '';
  return id !== '' && id.length <= MAX_LENGTH ? id : undefined;
}
