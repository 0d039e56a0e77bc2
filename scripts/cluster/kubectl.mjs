import { runProgram } from '../run-program.mjs';

/** kubectl on one cluster. Each method throws with kubectl's own words, but `attempt` and `succeeds`. */
export class Kubectl {
  constructor(program, kubeconfig, namespace = 'default') {
    this.program = program;
    this.kubeconfig = kubeconfig;
    this.namespace = namespace;
  }

  /** The same for another namespace. */
  in(namespace) {
    return new Kubectl(this.program, this.kubeconfig, namespace);
  }

  /** Resolves with what was printed. */
  async say(...args) {
    return (await this.#run(args)).stdout.trim();
  }

  /** Resolves with an object, or a List of them. */
  async get(...args) {
    return JSON.parse((await this.#run(['get', ...args, '--output=json'])).stdout);
  }

  /** Resolves with all objects of a kind in the namespace. */
  async list(kind) {
    return (await this.get(kind)).items;
  }

  /** Applies objects, or a manifest as it is printed. */
  async apply(manifest, ...args) {
    return (await this.#run(['apply', ...args, '-f', '-'], { input: textOf(manifest) })).stdout;
  }

  /** What a command that may be refused says, and whether it was done. */
  async attempt(args, manifest) {
    const input = manifest === undefined ? undefined : textOf(manifest);
    const { status, stdout, stderr } = await this.#run(args, { input, mayFail: true });
    return { done: status === 0, said: `${stdout}${stderr}`.trim() };
  }

  async succeeds(...args) {
    return (await this.attempt(args)).done;
  }

  #run(args, options) {
    const where = [`--kubeconfig=${this.kubeconfig}`, `--namespace=${this.namespace}`];
    return runProgram(this.program, [...where, ...args], options);
  }
}

const textOf = (manifest) =>
  typeof manifest === 'string'
    ? manifest
    : JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [manifest].flat() });
