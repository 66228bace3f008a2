import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';
import { type Configuration, parseConfiguration } from '../domain/configuration/configuration.ts';
import { ConfigError } from './config-error.ts';

export const CONFIGURATION_FILE = 'pressrun.config.json';

type Environment = Readonly<Record<string, string | undefined>>;

/** With the variables of the `.env` beside it. */
export interface FoundConfiguration {
  readonly path: string;
  readonly configuration: Configuration;
  readonly variables: Environment;
}

/** The file at `path`, else the nearest in `folder` and above; undefined if none. Throws `ConfigError` with the line. */
export function findConfiguration(folder: string, path?: string): FoundConfiguration | undefined {
  const found = path === undefined ? upwards(resolve(folder)) : resolve(folder, path);
  if (found === undefined) return undefined;
  return { path: found, configuration: readConfiguration(found), variables: readVariables(dirname(found)) };
}

function upwards(folder: string): string | undefined {
  const path = join(folder, CONFIGURATION_FILE);
  if (existsSync(path)) return path;
  const above = dirname(folder);
  return above === folder ? undefined : upwards(above);
}

function readConfiguration(path: string): Configuration {
  const text = read(path);
  const errors: ParseError[] = [];
  const json: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) {
    const line = text.slice(0, first.offset).split('\n').length;
    if (text.trim() === '') throw new ConfigError(`${path} is empty: write {} or delete it`);
    throw new ConfigError(`${path}:${line}: not valid JSON: ${inWords(printParseErrorCode(first.error))}`);
  }
  try {
    return parseConfiguration(json);
  } catch (error) {
    throw new ConfigError(`${path}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const isThere = existsSync(path);
    const why = isThere ? 'cannot be read as a file' : 'does not exist: `pressrun init` writes one';
    throw new ConfigError(`--config: ${path} ${why}`, { cause: error });
  }
}

/** `CloseBraceExpected` as `close brace expected`. */
function inWords(code: string): string {
  return code.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}

function readVariables(folder: string): Environment {
  const path = join(folder, '.env');
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {};
}
