import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type WorkerAnswer, type WorkerFunctions } from './worker-calls.js';

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

/** A process of the benchmark's own (load, receivers, references), asked by name to do things. It ends with us. */
export class BenchWorker<F extends WorkerFunctions> {
  private readonly waiting = new Map<number, Waiting>();
  private calls = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (answer: WorkerAnswer) => {
      const waiting = this.waiting.get(answer.id);
      this.waiting.delete(answer.id);
      if ('error' in answer) waiting?.reject(new Error(answer.error));
      else waiting?.resolve(answer.value);
    });
    child.once('exit', (code, signal) => {
      for (const { reject } of this.waiting.values()) {
        reject(new Error(`a process of the benchmark ended (${String(signal ?? code)})`));
      }
    });
  }

  /** `file` beside the caller: `start('./x.worker.js', import.meta.url)`. */
  static start<F extends WorkerFunctions>(file: string, callerUrl: string): BenchWorker<F> {
    return new BenchWorker<F>(
      fork(fileURLToPath(new URL(file, callerUrl)), [], { serialization: 'advanced' }),
    );
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  call<N extends keyof F & string>(
    name: N,
    argument: Parameters<F[N]>[0],
  ): Promise<Awaited<ReturnType<F[N]>>> {
    const id = ++this.calls;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as Waiting['resolve'], reject });
      this.child.send({ id, name, argument });
    });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }
}
