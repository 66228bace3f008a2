import type { IncomingMessage } from 'node:http';
import type * as z from 'zod/mini';
import { Problem } from '../problem.ts';

const MOST_BYTES = 1024 * 1024;

/** The JSON of a request, checked against its schema. Throws `Problem` that names the first wrong field. */
export async function readBody<Schema extends z.ZodMiniType>(
  request: IncomingMessage,
  schema: Schema,
): Promise<z.output<Schema>> {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw new Problem(415, 'not_json', 'The request must be application/json.');
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw new Problem(413, 'too_large', 'The request is larger than 1 MB.');
    chunks.push(chunk);
  }
  const parsed = schema.safeParse(parseJson(Buffer.concat(chunks).toString('utf8')));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'the request' : issue.path.join('.');
  throw new Problem(400, 'bad_request', `${where} is not valid.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(400, 'bad_request', 'The request is not valid JSON.');
  }
}
