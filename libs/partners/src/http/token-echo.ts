import { LRUCache } from 'lru-cache';

const INSTEAD = '***';

/** A partner has one token at a time; during a handshake two. */
const formsOf = new LRUCache<string, string[]>({ max: 1000, memoMethod: writtenForms });

/**
 * What a partner says, without the token that we showed it: what it says is logged, stored and shown (P15). Some answer
 * "token … unknown". Costs a search or two of the text unless it is in there.
 */
export function withoutToken(text: string, token: string | undefined): string {
  if (token === undefined || text === '') return text;
  let told = text;
  for (const form of formsOf.memo(token)) {
    if (told.includes(form)) told = told.replaceAll(form, INSTEAD);
  }
  return told;
}

/** As it is and in base64 (TRN-06, TRN-07), and how JSON and URLs may write these; longest first, for one may hold another. */
function writtenForms(token: string): string[] {
  const base64 = Buffer.from(token, 'utf8').toString('base64');
  const plain = [token, base64, base64.replace(/=+$/, '')];
  const forms = plain.flatMap((form) => {
    const json = JSON.stringify(form).slice(1, -1);
    return [form, json, json.replaceAll('/', '\\/'), encodeURIComponent(form)];
  });
  return [...new Set(forms)]
    .filter((form) => form !== '')
    .sort((one, other) => other.length - one.length);
}
