import { isSuccess } from '#ocpi';
import { describeSpan, endSpan, startSpan, withSpan } from '#platform';
import { type PartnerAnswer, type PartnerRequest } from './partner-request.js';

/**
 * One request to a partner as a span. The URL stays out of it, for it names drivers' tokens; and the partner does not get our
 * `traceparent`: X-Correlation-ID is what OCPI has for it (docs/decisions/0014-traces.md).
 */
export async function exchangeInSpan(
  request: PartnerRequest,
  exchange: () => Promise<PartnerAnswer>,
): Promise<PartnerAnswer> {
  const { connectionId, version, module, method, url, correlationId } = request;
  const span = startSpan(`${method} ${module ?? 'partner'}`, {
    kind: 'client',
    attributes: {
      'http.request.method': method,
      'server.address': URL.parse(url)?.host,
      'ocpi.connection': connectionId,
      'ocpi.version': version,
      'ocpi.module': module,
      'ocpi.correlation_id': correlationId,
    },
  });
  const answer = await withSpan(span, exchange);
  const { requestId } = answer;
  if (answer.kind === 'failed') {
    describeSpan({ 'ocpi.request_id': requestId, 'error.type': answer.reason }, span);
    endSpan(span, `${answer.reason}: ${answer.message}`);
    return answer;
  }
  const { httpStatus, ocpiStatus } = answer;
  describeSpan(
    {
      'ocpi.request_id': requestId,
      'http.response.status_code': httpStatus,
      'ocpi.status_code': ocpiStatus,
    },
    span,
  );
  endSpan(span, faultOf(httpStatus, ocpiStatus));
  return answer;
}

function faultOf(httpStatus: number, ocpiStatus: number | undefined): string | undefined {
  if (httpStatus < 200 || httpStatus >= 300) return `HTTP ${httpStatus}`;
  return ocpiStatus === undefined || isSuccess(ocpiStatus) ? undefined : `OCPI ${ocpiStatus}`;
}
