// npm runs this after `npm ci` in a checkout (`prepare`). Built files are only quicker: where they cannot be built, as without the
// development dependencies or on an older Node, the command runs from its sources.
const [major = 0] = process.versions.node.split('.').map(Number);
if (major >= 24) await import('./run.ts').catch(tellUnlessAbsent);

function tellUnlessAbsent(error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') {
    process.stderr.write(`pressrun runs from its sources, because it could not be built: ${error}\n`);
  }
}
