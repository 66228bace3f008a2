// bundle.ts FOLDER: bundles all functions, as a process of its own, since CDK can't wait for a promise.
import { bundleFunctions } from './bundle-functions.ts';

const [, , folder] = process.argv;
if (folder === undefined) throw new Error('usage: bundle.ts FOLDER');
await bundleFunctions(folder);
