import path from 'node:path';
import { runProgram } from '../run-program.mjs';

/** Helm on one release of one chart, untouched by what the user's own Helm knows. */
export class Helm {
  constructor(program, { kubeconfig, chart, release, namespace, folder }) {
    Object.assign(this, { program, chart, release, namespace });
    this.env = {
      KUBECONFIG: kubeconfig,
      HELM_CACHE_HOME: path.join(folder, 'helm', 'cache'),
      HELM_CONFIG_HOME: path.join(folder, 'helm', 'config'),
      HELM_DATA_HOME: path.join(folder, 'helm', 'data'),
    };
  }

  /** The chart's manifests with these values, hooks included, as `helm template` prints them. */
  async template(...flags) {
    return (await this.#run('template', this.release, this.chart, ...flags)).stdout;
  }

  async install(...flags) {
    return this.#run('install', this.release, this.chart, '--wait', '--timeout=120s', ...flags);
  }

  async upgrade(...flags) {
    return this.#run('upgrade', this.release, this.chart, '--wait', '--timeout=120s', ...flags);
  }

  /** An upgrade that should fail: whether it did not, and what Helm said. */
  async tryUpgrade(...flags) {
    const args = ['upgrade', this.release, this.chart, '--wait', ...flags];
    const { status, stdout, stderr } = await this.#attempt(args);
    return { done: status === 0, said: `${stdout}${stderr}`.trim() };
  }

  rollback(revision) {
    return this.#run('rollback', this.release, String(revision), '--wait', '--timeout=120s');
  }

  test() {
    return this.#run('test', this.release, '--timeout=60s');
  }

  uninstall() {
    return this.#run('uninstall', this.release, '--wait', '--timeout=60s');
  }

  /** The newest revision: its number, `info.status`, and `hooks` with the `last_run` of each. */
  async status() {
    return JSON.parse((await this.#run('status', this.release, '--output=json')).stdout);
  }

  async #run(...args) {
    return runProgram(this.program, [...args, `--namespace=${this.namespace}`], { env: this.env });
  }

  async #attempt(args) {
    const options = { env: this.env, mayFail: true };
    return runProgram(this.program, [...args, `--namespace=${this.namespace}`], options);
  }
}
