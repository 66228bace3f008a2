import { FAILURES, type Failure } from '../../domain/calls/failure.ts';
import { hasUsage, type ReportedUsage } from '../../domain/money/usage.ts';
import { classifyError, type ErrorClass } from '../error/classify-error.ts';
import type { ErrorAnswer } from '../error/error-answer.ts';
import { type ErrorFacts, readError } from '../error/error-reader.ts';
import type { HttpHead } from '../http/http-exchange.ts';
import { redactLine } from '../http/redact.ts';
import { asObject, choicesOf, fieldAt } from '../json-value.ts';
import type { AnswerText } from '../scan/answer-text.ts';
import type { ParsedAnswer } from './answer-parser.ts';

interface ErrorContext {
  readonly nowMs: number;
  readonly url?: URL;
  readonly secrets: readonly string[];
}

interface Received {
  readonly head: HttpHead;
  readonly text: AnswerText;
}

const LONGEST_WORDS = 8_000;

export function failureOfStatus(answer: Received, parsed: ParsedAnswer, by: ErrorContext): Failure {
  const { status, headers } = answer.head;
  const body = bodyKind(parsed);
  const facts = readError(
    parsed.kind === 'documents' ? parsed.documents : bareWords(answer, parsed),
    status,
    headers,
  );
  const page = body === 'page' ? pageWords(answer.text.whole()) : '';
  const error: ErrorAnswer = { facts, status, headers, body, page, url: by.url };
  const is = classifyError(error, by.nowMs);
  const words = facts.message || bareName(answer, parsed) || 'no words';
  return withHint(
    {
      ...is,
      message: redactLine(
        `provider answered ${status} (${is.code})${where(error, is)}: ${words}`,
        by.secrets,
      ),
    },
    by,
  );
}

/** The failure of a successful status with an error in its body. */
export function failureInside(
  { head: { status, headers } }: Pick<Received, 'head'>,
  facts: ErrorFacts,
  { documents, usage }: { readonly documents: readonly unknown[]; readonly usage: ReportedUsage | undefined },
  by: ErrorContext,
): Failure {
  const is = classifyError({ facts, status, headers, body: 'json', page: '', url: by.url }, by.nowMs);
  const isRefused = FAILURES[is.code].billed === 'never' && !hasBegun(documents);
  const reach = usage !== undefined && hasUsage(usage) ? 'answered' : isRefused ? 'refused' : 'lost';
  const words = `provider answered ${status} with an error inside (${is.code}): ${facts.message || 'no words'}`;
  return withHint({ ...is, reach, message: redactLine(words, by.secrets) }, by);
}

function withHint(failure: Failure, { secrets }: ErrorContext): Failure {
  return failure.hint === undefined ? failure : { ...failure, hint: redactLine(failure.hint, secrets) };
}

/** The address if it may be the cause, without credentials and query. */
function where({ url, body }: ErrorAnswer, { code }: ErrorClass): string {
  const tells = code === 'address' || body === 'page';
  return tells && url !== undefined ? ` at ${url.origin}${url.pathname}` : '';
}

function bodyKind({ kind }: ParsedAnswer): ErrorAnswer['body'] {
  switch (kind) {
    case 'documents':
      return 'json';
    case 'invalid':
      return 'text';
    case 'html':
      return 'page';
    case 'empty':
      return 'empty';
  }
}

function bareWords({ text }: Received, { kind }: ParsedAnswer): string[] {
  return kind === 'invalid' ? [text.whole().slice(0, LONGEST_WORDS)] : [];
}

function pageWords(text: string): string {
  return text
    .slice(0, LONGEST_WORDS)
    .replaceAll(/<(script|style)\b[\s\S]*?<\/\1>/gi, ' ')
    .replaceAll(/<[^<>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 120);
}

export function bareName({ text }: Pick<Received, 'text'>, { kind }: ParsedAnswer): string {
  if (kind === 'empty') return 'an empty body';
  if (kind !== 'html') return '';
  const words = pageWords(text.whole());
  return `a page of HTML instead of JSON${words === '' ? '' : ` ("${words}")`}`;
}

function hasBegun(documents: readonly unknown[]): boolean {
  return documents.flatMap(choicesOf).some((choice) => {
    const said = asObject(choice);
    return Boolean(fieldAt(said, 'delta', 'content') ?? fieldAt(said, 'message', 'content') ?? said?.content);
  });
}
