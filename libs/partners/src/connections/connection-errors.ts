/** What an operator asks for cannot be done; `status` is what the admin API answers. */
export class ConnectionError extends Error {
  constructor(
    readonly status: 400 | 404 | 409,
    message: string,
  ) {
    super(message);
    this.name = 'ConnectionError';
  }
}
