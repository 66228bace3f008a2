import type { Plugin } from 'rolldown';

/** Errors of AWS that stay classes in the bundles: those that the code asks for, or whose fields it or the SDK reads. */
export const KNOWN_ERRORS: ReadonlySet<string> = new Set([
  'NoSuchKey',
  'NotFound',
  'ParameterNotFound',
  'QueueDoesNotExist',
  // The SDK tries again by a mark in its class.
  'ReplicatedWriteConflictException',
  // SQS calls it by another name, which only its schema knows.
  'RequestThrottled',
  'ResourceNotFoundException',
  'TransactionCanceledException',
]);

/** Each SDK client registers a class for every error: 90 kB in generate. Unregistered errors keep name, message and status. */
export const withoutUnknownErrors: Plugin = {
  name: 'without-unknown-errors',
  transform: {
    filter: { id: /@aws-sdk[\\/]client-[\w-]+[\\/]dist-es[\\/]schemas[\\/]schemas_\d+\.js$/ },
    handler: (code) => ({
      code: code.replaceAll(/^n0_registry\.registerError\((\w+)\$, \w+\);$/gm, (line, name) =>
        KNOWN_ERRORS.has(name) ? line : '',
      ),
      map: null,
    }),
  },
};
