import { build } from './build.mjs';
import { ensureInstalled } from './ensure-installed.mjs';

/** Installs and compiles what is missing or older than its source; throws with the compiler's words. */
export function prepare(say = console.log) {
  ensureInstalled(say);
  say('compiling …');
  const { ok, output } = build();
  if (!ok) throw new Error(`the build failed:\n${output}`);
}
