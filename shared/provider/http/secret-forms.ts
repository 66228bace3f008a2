/** Shorter ones are words, found everywhere. */
const LEAST_SECRET = 6;
/** Shorter base64 is in every image. */
const LEAST_ENCODED = 10;
const FILL = '*';

/** How a server may write a secret: plain, percent-encoded, hex, or inside base64 at any of three alignments. */
export function secretForms(secret: string): string[] {
  if (secret.length < LEAST_SECRET) return [];
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  const percent = hex.replaceAll(/../g, '%$&');
  const inJson = JSON.stringify(secret).slice(1, -1);
  const reversible = [
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(secret).replaceAll(/%../g, (each) => each.toLowerCase()),
    percent,
    percent.toUpperCase(),
    inJson,
    escaped(secret),
  ];
  const encoded = [hex, hex.toUpperCase(), ...[secret, inJson].flatMap(base64Cores)].filter(
    (each) => each.length >= LEAST_ENCODED,
  );
  return [...new Set([...reversible, ...encoded])].sort((a, b) => b.length - a.length);
}

/** A copy of the same length without any form of a secret. */
export function withoutSecrets(bytes: Buffer, secrets: readonly string[]): Buffer {
  let clean = bytes;
  for (const form of secrets.flatMap(secretForms)) {
    for (let at = clean.indexOf(form); at !== -1; at = clean.indexOf(form, at + form.length)) {
      if (clean === bytes) clean = Buffer.from(bytes);
      clean.fill(FILL, at, at + Buffer.byteLength(form));
    }
  }
  return clean;
}

/** The letters of base64 that don't depend on their surroundings. */
function base64Cores(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((before) => {
    const shifted = Buffer.concat([Buffer.alloc(before), bytes]);
    const whole = Math.floor((shifted.length * 8) / 6);
    const core = (text: string): string => text.slice(Math.ceil((before * 8) / 6), whole);
    return [core(shifted.toString('base64')), core(shifted.toString('base64url'))];
  });
}

/** `\u0063\u0064…`, as ASCII encoders may write all of it. */
function escaped(secret: string): string {
  return [...secret].map((each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}

/** All secrets that a server could echo: key, secret headers, password. */
export function secretsOf(
  key: string | undefined,
  { headers = {}, url }: { readonly headers?: Readonly<Record<string, string>>; readonly url: URL },
): string[] {
  const own = Object.entries(headers).filter(([name]) => SECRET_HEADER.test(name));
  const { username, password } = url;
  const inUrl = password === '' ? [] : [decodeURIComponent(password), `${username}:${password}`];
  return [key, ...own.map(([, value]) => value), ...inUrl].filter((each) => each !== undefined);
}

const SECRET_HEADER = /key|token|secret|auth|cookie|password|credential/i;
