import { tolerateBrokenPipe } from './broken-pipe.js';
import { runCli } from './run-cli.js';

tolerateBrokenPipe(process.stdout);
tolerateBrokenPipe(process.stderr);

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
});
