import { newWebhookSecret, signatureHeaders } from './webhook-signature.js';

const CALL = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  at: new Date(1614265330_000),
  body: '{"test": 2432232314}',
};

describe('the signature of a webhook call', () => {
  it('is the one that the Standard Webhooks scheme gives for its known example', () => {
    expect(signatureHeaders('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', CALL)).toEqual({
      'webhook-id': CALL.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('differs with id, time, body and secret', () => {
    const secret = newWebhookSecret();
    const calls = [
      CALL,
      { ...CALL, id: 'other' },
      { ...CALL, at: new Date(1614265331_000) },
      { ...CALL, body: '{}' },
    ];
    const signatures = [
      ...calls.map((call) => signatureHeaders(secret, call)),
      signatureHeaders(newWebhookSecret(), CALL),
    ].map((headers) => headers['webhook-signature']);
    expect(new Set(signatures).size).toBe(5);
  });
});
