import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Who may see the page: a link that works once becomes a cookie. */
export interface Sessions {
  /** A new link's token; each works once. */
  newToken(): string;
  /** The cookie's value in exchange for a token that was not used yet. */
  enter(token: string): string | undefined;
  isKnown(cookie: string): boolean;
  /** For programs, with `--api-only`: stays the same as long as the dashboard runs. */
  readonly bearer: string;
}

const MOST_OPEN_TOKENS = 20;

export function createSessions(random: (bytes: number) => Buffer = randomBytes): Sessions {
  const tokens = new Set<string>();
  const cookies = new Set<string>();
  const secret = () => random(32).toString('base64url');
  return {
    bearer: secret(),
    newToken: () => {
      const token = secret();
      tokens.add(hashOf(token));
      for (const oldest of tokens) {
        if (tokens.size <= MOST_OPEN_TOKENS) break;
        tokens.delete(oldest);
      }
      return token;
    },
    enter: (token) => {
      if (!tokens.delete(hashOf(token))) return undefined;
      const cookie = secret();
      cookies.add(hashOf(cookie));
      return cookie;
    },
    isKnown: (cookie) => cookies.has(hashOf(cookie)),
  };
}

/** Looked up by its hash, so that how long it takes says nothing of a secret. */
function hashOf(text: string): string {
  return hash('sha256', text);
}

export function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(a)), Buffer.from(hashOf(b)));
}
