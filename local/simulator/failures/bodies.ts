/** Google's error body. */
export function googleError(
  code: number,
  status: string,
  message: string,
  details?: readonly unknown[],
): { error: Record<string, unknown> } {
  return { error: { code, message, status, ...(details && { details }) } };
}

export function errorInfo(reason: string): unknown {
  return {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason,
    domain: 'googleapis.com',
    metadata: { service: 'generativelanguage.googleapis.com' },
  };
}

export function retryInfo(delayMs: number): unknown {
  return { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${delayMs / 1000}s` };
}

export function quotaFailure(quotaId: string, quotaValue: string, model: string): unknown {
  return {
    '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
    violations: [
      {
        quotaMetric: 'generativelanguage.googleapis.com/generate_content_requests',
        quotaId,
        quotaDimensions: { model, location: 'global' },
        quotaValue,
      },
    ],
  };
}

/** An error body inside the message of another, as gateways pass them on; `depth` 1–3. */
export function nested(
  inner: { error: Record<string, unknown> },
  depth: number,
): { error: Record<string, unknown> } {
  if (depth === 0) return inner;
  return { error: { code: 500, message: JSON.stringify(nested(inner, depth - 1)) } };
}
