/** How names of secrets end, as the source of an expression: `X-Auth-Token`, `clientSecret`, `api_key`, `token_c`. */
export const SECRET_NAME_ENDS = [
  'token(?:[-_]?[abc]|_hint)?',
  'secret',
  'pass(?:word|wd|phrase|code)',
  '(?<![a-z])(?:pass|pwd)',
  'authorization',
  'authentication',
  'auth',
  'cookie',
  'assertion',
  'code_verifier',
  '(?<!(?:public|idempotency)[-_]?)key',
].join('|');

const SECRET_NAME = new RegExp(`(?:${SECRET_NAME_ENDS})$`, 'i');

/**
 * Whether a header, field or parameter of this name holds a secret: the one list for log lines, the audit log and message
 * traces (P15). Drivers' tokens are objects by the name `token` with a `uid` inside: whoever shows these asks for the
 * kind of the value as well.
 */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);
