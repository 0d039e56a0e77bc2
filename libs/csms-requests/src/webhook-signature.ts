import { createHmac, randomBytes } from 'node:crypto';

const PREFIX = 'whsec_';

/** A new secret in the form of the Standard Webhooks scheme: `whsec_` and 32 bytes in base64. */
export const newWebhookSecret = (): string => `${PREFIX}${randomBytes(32).toString('base64')}`;

/**
 * Headers that sign a call by the Standard Webhooks scheme: HMAC-SHA256 over id, time and body. The key is what follows
 * `whsec_` in base64; a secret without that prefix is taken as its bytes. A repeat of a call keeps its id.
 */
export function signatureHeaders(
  secret: string,
  call: { id: string; at: Date; body: string },
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const key = secret.startsWith(PREFIX)
    ? Buffer.from(secret.slice(PREFIX.length), 'base64')
    : Buffer.from(secret, 'utf8');
  const timestamp = String(Math.floor(call.at.getTime() / 1000));
  const signature = createHmac('sha256', key)
    .update(`${call.id}.${timestamp}.${call.body}`)
    .digest('base64');
  return {
    'webhook-id': call.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}
