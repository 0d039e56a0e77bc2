/** Whom a stream of output may no longer reach. */
interface Output {
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

/**
 * Lets the reader of a pipe leave early, as `| head` and `| grep -q` do: what is printed from then on is lost, what the
 * command does and its exit code stay the same.
 */
export function tolerateBrokenPipe(output: Output): void {
  output.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
