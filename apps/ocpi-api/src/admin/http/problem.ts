import { HttpException } from '@nestjs/common';
import { type FieldError } from '#ocpi';

/** An answer of the admin API that is no success: RFC 9457, with the fields that are wrong. */
export interface ProblemBody {
  type: 'about:blank';
  title: string;
  status: number;
  detail: string;
  errors?: { field: string; message: string }[];
}

const TITLES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Payload Too Large',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

/** A refusal of the admin API, in words for the operator. */
export class Problem extends HttpException {
  constructor(status: number, detail: string, errors: readonly FieldError[] = []) {
    super(problemBody(status, detail, errors), status);
  }

  /** The request does not say what it must; each field is named. */
  static invalid(errors: readonly FieldError[]): Problem {
    const [first] = errors;
    const detail = first
      ? [first.path, first.message].filter(Boolean).join(': ')
      : 'The request is not valid';
    return new Problem(400, detail, errors);
  }

  static notFound(what: string): Problem {
    return new Problem(404, `There is no ${what}`);
  }

  static conflict(detail: string): Problem {
    return new Problem(409, detail);
  }
}

export const problemBody = (
  status: number,
  detail: string,
  errors: readonly FieldError[] = [],
): ProblemBody => ({
  type: 'about:blank',
  title: TITLES[status] ?? 'Error',
  status,
  detail,
  ...(errors.length > 0 && {
    errors: errors.map(({ path, message }) => ({ field: path, message })),
  }),
});
