import type { Log, LogFields } from '../pipeline/ports.ts';

/** Writes each entry as one line of JSON, with `cause` chains. */
export function jsonLinesLog(write: (line: string) => void, now: () => number): Log {
  const entry = (level: string, message: string, fields: LogFields = {}, more: object = {}) =>
    write(`${JSON.stringify({ time: new Date(now()).toISOString(), level, message, ...fields, ...more })}\n`);
  return {
    info: (message, fields) => entry('info', message, fields),
    warn: (message, fields) => entry('warn', message, fields),
    error: (message, error, fields) => entry('error', message, fields, { error: causes(error) }),
  };
}

function causes(error: unknown): { name: string; message: string; stack?: string | undefined }[] {
  const chain = [];
  for (
    let at = error;
    at !== undefined && chain.length < 5;
    at = at instanceof Error ? at.cause : undefined
  ) {
    chain.push(
      at instanceof Error
        ? { name: at.name, message: at.message, stack: at.stack }
        : { name: 'thrown', message: String(at) },
    );
  }
  return chain;
}
