import type { Random } from '../random.ts';
import type { TrueTokens } from '../tokens.ts';
import type { ReportedFields } from './usage.ts';

/** What goes over the wire: status, headers, the body in pieces, and whether the connection is cut after the last one. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: Iterable<string | Uint8Array>;
  readonly hangUp: boolean;
}

/** `draft` is a thought image, `repeat` the same bytes again; neither is billed. `extra` is a second image, billed. */
export type ImageRole = 'result' | 'extra' | 'draft' | 'repeat';

export interface SentImage {
  readonly role: ImageRole;
  readonly bytes: Uint8Array;
  /** What the answer says it is; sometimes not what the bytes are. */
  readonly declaredType: string;
  /** Makes the image fetchable and says where, for the variants that send a link. */
  readonly link: () => string;
}

/** All that an answer is built from. */
export interface AnswerContext {
  readonly id: string;
  readonly model: string;
  readonly createdS: number;
  readonly text: string;
  /** In the order they are sent; the result last. Empty if the outcome has no use for one. */
  readonly images: readonly SentImage[];
  readonly usage: ReportedFields;
  readonly tokens: TrueTokens;
  readonly random: Random;
  /** How long a refusal asks to wait. */
  readonly retryDelayMs: number;
  /** A refusal's own words, where the request caused it. */
  readonly message?: string;
  /** Size of the answer that is over the client's cap. */
  readonly oversizeBytes: number;
}

export function jsonAnswer(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return textAnswer(status, 'application/json; charset=utf-8', JSON.stringify(body), headers);
}

export function textAnswer(
  status: number,
  contentType: string,
  body: string,
  headers: Record<string, string> = {},
): Answer {
  return { status, headers: { 'content-type': contentType, ...headers }, chunks: [body], hangUp: false };
}

export function htmlAnswer(status: number, title: string): Answer {
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
  return textAnswer(status, 'text/html', body);
}

/** The image that counts: the last one sent that is not a draft. */
export function resultImage(context: AnswerContext): SentImage {
  const result = context.images.findLast((image) => image.role === 'result');
  if (result === undefined) throw new Error('this answer needs a picture and was given none');
  return result;
}

export function base64Of(image: SentImage): string {
  return Buffer.from(image.bytes).toString('base64');
}

export function dataUrlOf(image: SentImage): string {
  return `data:${image.declaredType};base64,${base64Of(image)}`;
}
