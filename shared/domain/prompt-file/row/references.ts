import { MAX_REFERENCES } from '../../calls/models.ts';
import { type Rejection, rejected } from '../format.ts';

const MAX_REFERENCE_BYTES = 1024;
// One letter is a drive of Windows, not a scheme.
const SCHEME = /^([a-z][a-z0-9+.-]+):/i;

/** Splits a cell at `|` and checks shapes only: a bucket key, local path or https link. Fetching shows whether they exist. */
export function parseReferences(
  cell: string,
): { readonly kind: 'references'; readonly references: readonly string[] } | Rejection {
  if (cell === '') return { kind: 'references', references: [] };
  const references = cell
    .split('|')
    .map((each) => each.trim().replace(/^https:/i, 'https:'))
    .filter((each) => each !== '');
  if (references.length > MAX_REFERENCES) {
    return rejected(`${references.length} references, at most ${MAX_REFERENCES} are taken`, 'references');
  }
  for (const reference of references) {
    const problem = problemOf(reference);
    if (problem !== undefined) return rejected(problem, 'references');
  }
  return { kind: 'references', references };
}

function problemOf(reference: string): string | undefined {
  const scheme = SCHEME.exec(reference)?.[1]?.toLowerCase();
  if (scheme === 'data')
    return 'data: URIs are not taken as references: upload the image and give its key or https link';
  if (Buffer.byteLength(reference) > MAX_REFERENCE_BYTES)
    return `a reference is over ${MAX_REFERENCE_BYTES} bytes`;
  if (/\p{Cc}/u.test(reference))
    return 'a reference has a line break or tab in it: separate references with |';
  if (scheme === undefined) return undefined;
  if (scheme !== 'https')
    return `a reference begins with ${scheme}: and must be an https link, a key or a file`;
  return httpsProblem(reference);
}

function httpsProblem(reference: string): string | undefined {
  const url = URL.parse(reference);
  if (url === null || url.hostname === '') return 'a reference is not a whole https link';
  return url.username === '' && url.password === ''
    ? undefined
    : 'a reference must not carry a user or password';
}
