import { type RunJson, runJson } from '../../cli/json-output.ts';

/** The one document that stdout is; throws where it is none, or more than one. */
export function runResult(stdout: string): RunJson {
  return runJson.parse(JSON.parse(stdout));
}
