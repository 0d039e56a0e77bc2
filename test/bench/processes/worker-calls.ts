/** What a process of the benchmarks can be asked to do, by name. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- parameters are the concern of each function
export type WorkerFunctions = Record<string, (argument: any) => unknown>;

interface WorkerCall {
  id: number;
  name: string;
  argument: unknown;
}

export type WorkerAnswer = { id: number } & ({ value: unknown } | { error: string });

/** To be called once in a worker's file: answers the parent's calls until the parent goes. */
export function serveCalls(functions: WorkerFunctions): void {
  process.on('message', (call: WorkerCall) => void answer(functions, call));
  process.on('disconnect', () => process.exit(0));
}

async function answer(functions: WorkerFunctions, { id, name, argument }: WorkerCall) {
  const reply = (message: WorkerAnswer) => process.send?.(message);
  try {
    reply({ id, value: await functions[name]?.(argument) });
  } catch (error) {
    reply({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}
