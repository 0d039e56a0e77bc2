// An older Node cannot even load the rest, and would not say why.
if (Number.parseInt(process.versions.node) >= 24) {
  await import('./run.js');
} else {
  console.error(
    `csms-consumer needs Node 24 or newer, and this is ${process.version}: node_modules/.bin/node is one`,
  );
  process.exitCode = 1;
}
