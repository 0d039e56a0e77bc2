const AUTHORIZATION = /\b(token|bearer|basic)(["']?[\s:=]+["']?)[!#-&(-~]{8,}/gi;
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/]*@/gi;

/** The text without values of authorization headers and without passwords in URLs (P15). */
export const scrubSecrets = (text: string): string =>
  text.replace(AUTHORIZATION, '$1$2[redacted]').replace(URL_PASSWORD, '$1:[redacted]@');
