import { envelope, envelopeText, type OcpiVersion } from '#ocpi';
import { type FastifyReply, type FastifyRequest } from 'fastify';

const JSON_TYPE = 'application/json; charset=utf-8';

const options = (request: FastifyRequest) => {
  const version: OcpiVersion | undefined = request.caller?.version;
  return { now: new Date(), ...(version && { version }) };
};

/** Answers with data; `undefined` leaves `data` out (TRN-49). */
export function answer(reply: FastifyReply, data: unknown, httpStatus = 200): FastifyReply {
  const text = JSON.stringify(envelope(data, options(reply.request)));
  return reply.status(httpStatus).type(JSON_TYPE).send(text);
}

/** Answers with data that is JSON text already. */
export function answerText(reply: FastifyReply, dataJson: string): FastifyReply {
  return reply
    .status(200)
    .type(JSON_TYPE)
    .send(envelopeText(dataJson, options(reply.request)));
}
