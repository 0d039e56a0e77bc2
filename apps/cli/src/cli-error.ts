/** Something the operator can act on: printed as one line, with a non-zero exit code. */
export class CliError extends Error {}
