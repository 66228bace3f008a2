import { timeLimits } from './timeouts.ts';

export interface ServiceSettings {
  /** Default: the SDK's. */
  readonly region?: string | undefined;
  /** Until the response begins. Default: 5 s. */
  readonly requestTimeoutMs?: number | undefined;
  /** Instead of AWS's, or `AWS_ENDPOINT_URL…`. */
  readonly endpoint?: string | undefined;
}

/** Options for a service with small requests. */
export function serviceOptions({ region, requestTimeoutMs, endpoint }: ServiceSettings) {
  return {
    requestHandler: timeLimits(requestTimeoutMs),
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
  };
}

interface Stack {
  add(
    middleware: <Args, Result>(
      next: (args: Args) => Promise<Result>,
      context: CallContext,
    ) => (args: Args) => Promise<Result>,
    options: { readonly name: string; readonly step: 'initialize'; readonly priority: 'high' },
  ): void;
}

interface CallContext {
  readonly clientName?: string;
  readonly commandName?: string;
  readonly endpointV2?: { readonly url: URL };
}

type CallError = Error & {
  readonly $metadata?: { readonly attempts?: number; readonly httpStatusCode?: number };
};

/** Names service, address and operation in each error of a client: the SDK says only `Rate exceeded` or `socket hang up`. */
export function namingFailures<Client extends { readonly middlewareStack: Stack }>(client: Client): Client {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (error instanceof Error) nameFailure(error, context);
        throw error;
      }
    },
    { name: 'nameFailures', step: 'initialize', priority: 'high' },
  );
  return client;
}

function nameFailure(error: CallError, { clientName, commandName, endpointV2 }: CallContext): void {
  const { $metadata } = error;
  if (endpointV2 === undefined || $metadata === undefined) return;
  const service = clientName?.replace(/Client$/, '');
  const operation = commandName?.replace(/Command$/, '');
  const { attempts = 1 } = $metadata;
  const tries = attempts === 1 ? '' : ` after ${attempts} tries`;
  error.message = `${service} at ${endpointV2.url.host} failed ${operation}${tries}: ${reasonOf(error)}`;
}

function reasonOf({ name, message, $metadata }: CallError): string {
  const waitedMs = /(\d+) ms/.exec(message)?.[1];
  if (name === 'TimeoutError')
    return waitedMs === undefined ? message : `no response within ${Number(waitedMs) / 1_000} s`;
  const status = `HTTP ${$metadata?.httpStatusCode}`;
  // A response to HEAD has no body with details.
  if (name === 'Unknown') return status;
  if (name === 'SyntaxError' || message.includes('XML parse error'))
    return `${status}, and what came is no response of this service: look for a proxy or a wrong address`;
  return `${name}: ${message}`;
}
