import { ServiceUnavailableException } from '@nestjs/common';

/** HTTP 503 with Retry-After: nothing was stored, the same again works later. */
export class BusyException extends ServiceUnavailableException {}
