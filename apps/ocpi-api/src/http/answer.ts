import { envelope, envelopeText, type OcpiVersion } from '#ocpi';
import { type FastifyReply, type FastifyRequest } from 'fastify';

const JSON_TYPE = 'application/json; charset=utf-8';

const options = (request: FastifyRequest) => {
  const version: OcpiVersion | undefined = request.caller?.version;
  return { now: new Date(), ...(version && { version }) };
};

interface AnswerStatus {
  httpStatus?: number;
  statusCode?: number;
  message?: string | undefined;
}

/** Answers with data; `undefined` leaves `data` out (TRN-49). Success, unless the status says otherwise. */
export function answer(
  reply: FastifyReply,
  data: unknown,
  { httpStatus = 200, statusCode, message }: AnswerStatus = {},
): FastifyReply {
  const status = {
    ...(statusCode !== undefined && { statusCode }),
    ...(message !== undefined && { message }),
  };
  const text = JSON.stringify(envelope(data, { ...options(reply.request), ...status }));
  return reply.status(httpStatus).type(JSON_TYPE).send(text);
}

/** Answers with data that is JSON text already. */
export function answerText(reply: FastifyReply, dataJson: string): FastifyReply {
  return reply
    .status(200)
    .type(JSON_TYPE)
    .send(envelopeText(dataJson, options(reply.request)));
}
