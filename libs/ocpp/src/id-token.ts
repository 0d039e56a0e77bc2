/** An idToken of OCPP 2.0.1 with its type. */
export interface IdToken {
  id_token: string;
  type: string;
}

const MAX_ID_TAG = 20;

/**
 * The idTag of OCPP 1.6 for a token's uid, or for its group: the same text. Undefined where it is too long: then an alias
 * stands for it, for a cut text could be another driver's (CMD-44).
 */
export const idTagFor = (text: string): string | undefined =>
  text.length <= MAX_ID_TAG ? text : undefined;

/** The idToken of OCPP 2.0.1 for a token. */
export const idTokenFor = ({ uid, type }: { uid: string; type: string }): IdToken => ({
  id_token: uid,
  type: idTokenType(uid, type),
});

/** The groupIdToken of OCPP 2.0.1 for a token's `group_id`, which is no card. */
export const groupIdTokenFor = (groupId: string): IdToken => ({
  id_token: groupId,
  type: 'Central',
});

/** Cards by the length of their number in hex digits; a number of any other form is Central, as all that is no card. */
function idTokenType(uid: string, type: string): string {
  if (type === 'EMAID') return 'eMAID';
  if (type !== 'RFID') return 'Central';
  if (/^(?:[0-9a-f]{8}|[0-9a-f]{14})$/i.test(uid)) return 'ISO14443';
  return /^[0-9a-f]{16}$/i.test(uid) ? 'ISO15693' : 'Central';
}
