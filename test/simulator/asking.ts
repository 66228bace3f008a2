import type { Simulator } from '../../local/simulator/server.ts';

export const FLASH = 'gemini-3.1-flash-image-preview';
export const PRO = 'gemini-3-pro-image-preview';

interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Sends one call as the contract's default request, with more fields laid over it. */
export async function ask(
  simulator: Pick<Simulator, 'url'>,
  prompt: string,
  more: Readonly<Record<string, unknown>> = {},
  key = 'cdt_test',
): Promise<Reply> {
  const response = await fetch(`${simulator.url}/chat/completions`, {
    method: 'POST',
    redirect: 'manual',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: FLASH,
      messages: [{ role: 'user', content: prompt }],
      max_tokens: 8192,
      stream: false,
      ...more,
    }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** All images of an answer, found by nothing but long runs of base64, wherever they are. */
export function picturesIn(reply: Reply): Buffer[] {
  const strings = isEvents(reply) ? eventStrings(reply.text) : stringsIn(JSON.parse(reply.text));
  return strings.flatMap((string) =>
    [...string.replace(/[ \r\n]/g, '').matchAll(/[A-Za-z0-9+/]{200,}={0,2}/g)].map(([base64]) =>
      Buffer.from(base64, 'base64'),
    ),
  );
}

export function isEvents(reply: Reply): boolean {
  return reply.headers.get('content-type')?.startsWith('text/event-stream') === true;
}

function eventStrings(text: string): string[] {
  const strings = [...text.matchAll(/^data: (\{.*\})$/gm)].map(([, json = '']) =>
    stringsIn(JSON.parse(json)),
  );
  const pieces = strings.map((each) =>
    each.filter((string) => !/^(sim-|chat\.|gemini-|assistant$|stop$)/.test(string)),
  );
  return [pieces.flat().join('')];
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}
