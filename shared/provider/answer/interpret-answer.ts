import { FAILURES, type Failure, type FailureCode } from '../../domain/calls/failure.ts';
import { DEFAULT_IMAGE_SIZE, mostPixelsOf, pixelsOfSize } from '../../domain/calls/models.ts';
import { hasUsage, type ReportedUsage } from '../../domain/money/usage.ts';
import { readErrorInAnswer } from '../error/error-in-answer.ts';
import type { HttpHead } from '../http/http-exchange.ts';
import type { FetchLink } from '../http/image-link.ts';
import { redactLine, redactText } from '../http/redact.ts';
import { sniffImageType, sniffOtherImage } from '../picture/image-file.ts';
import type { LiftedAnswer } from '../scan/answer-scanner.ts';
import type { CallOutcome, ImageRequest } from '../types.ts';
import { parseAnswer } from './answer-parser.ts';
import { readStopReasons } from './answer-reasons.ts';
import { classifyNoImage } from './classify-no-image.ts';
import { bareName, failureInside, failureOfStatus } from './error-failure.ts';
import { findImages } from './find-images.ts';
import { type Selection, selectImages } from './select-images.ts';
import { readUsage } from './usage-reader.ts';

/** A response, as far as it arrived. */
interface ReceivedAnswer extends LiftedAnswer {
  readonly head: HttpHead;
  /** The exact bytes, for keeping. */
  readonly original: () => Uint8Array;
}

interface Interpreter {
  readonly request: Pick<ImageRequest, 'profile' | 'settings'>;
  readonly fetchLink: FetchLink;
  readonly nowMs: number;
  /** The request's address; undefined if unknown by now. */
  readonly url?: URL;
  readonly secrets: readonly string[];
}

/** `finished`: the response says that it is complete. */
export interface Interpretation {
  readonly outcome: Interpreted;
  readonly finished: boolean;
}

type WithoutLatency<Outcome> = Outcome extends unknown ? Omit<Outcome, 'latencyMs'> : never;
export type Interpreted = WithoutLatency<CallOutcome>;
type Documents = readonly unknown[];

/** Interprets a response as images or a failure: contract §2 and §5. */
export async function interpretAnswer(answer: ReceivedAnswer, by: Interpreter): Promise<Interpretation> {
  const parsed = await parseAnswer(answer.text);
  const { status } = answer.head;
  if (status < 200 || status >= 300) {
    return { outcome: failed(failureOfStatus(answer, parsed, by), undefined), finished: true };
  }
  switch (parsed.kind) {
    case 'empty':
    case 'html':
      return {
        outcome: unreadable('upstream', `status ${status} with ${bareName(answer, parsed)}`, answer, by),
        finished: false,
      };
    case 'invalid': {
      const image = imageBody(answer);
      if (image !== undefined)
        return { outcome: await interpretDocuments(answer, [image], by), finished: false };
      return {
        outcome: unreadable('bad_json', `status ${status}, but the body is no JSON`, answer, by),
        finished: false,
      };
    }
    case 'documents':
      return { outcome: await interpretDocuments(answer, parsed.documents, by), finished: parsed.finished };
  }
}

/** Stability's and Hugging Face's servers send the image as the body. */
function imageBody({ original }: ReceivedAnswer): object | undefined {
  const bytes = Buffer.from(original());
  const isImage = (sniffImageType(bytes) ?? sniffOtherImage(bytes)) !== undefined;
  return isImage ? { image: bytes.toString('base64') } : undefined;
}

async function interpretDocuments(
  answer: ReceivedAnswer,
  documents: Documents,
  by: Interpreter,
): Promise<Interpreted> {
  const usage = readUsage(documents);
  const content = findImages(documents, answer.marks);
  const { profile, settings } = by.request;
  const selection = await selectImages(content, by.fetchLink, mostPixelsOf(profile));
  const asked = pixelsOfSize(settings.imageSize ?? DEFAULT_IMAGE_SIZE);
  const unusedPixels = selection.unusable.map(({ pixels }) => pixels ?? asked);
  const unused = unusedPixels.length === 0 ? {} : { unusedPixels };
  const [first, ...others] = selection.images;
  if (first !== undefined) {
    const text = redactText(content.text, by.secrets);
    return { kind: 'images', images: [first, ...others], text, usage, ...unused };
  }

  const error = readErrorInAnswer(documents);
  if (error !== undefined) return failed(failureInside(answer, error, { documents, usage }, by), usage);
  const found = { documents, usage, selection, text: content.text };
  return { ...imageless(answer, found, by), ...unused };
}

interface Imageless {
  readonly documents: Documents;
  readonly usage: ReportedUsage | undefined;
  readonly selection: Selection;
  readonly text: string;
}

function imageless(answer: ReceivedAnswer, found: Imageless, by: Interpreter): Interpreted {
  const { usage, selection, text } = found;
  const reasons = readStopReasons(found.documents);
  const problems = selection.unusable.map(({ problem }) => problem);
  const damaged = problems.length > 0;
  const { profile, settings } = by.request;
  const seen = classifyNoImage({ reasons, damaged, text, usage, asked: settings.imageSize, profile });
  const { code, hint } = seen === 'bad_image' ? whyUnusable(selection) : { code: seen };
  const linkFailed = seen === 'bad_image' && selection.byLink;
  const said = reasons.map(({ reason, detail }) => (detail === '' ? reason : `${reason}: ${detail}`));
  const why = [...new Set(said)].join(', ') || 'none given';
  const problem = damaged ? `; the image cannot be used: ${problems.join('; ')}` : '';
  const failure: Failure = {
    code,
    message: redactLine(`the answer brought no image (${code}, finish reason ${why})${problem}`, by.secrets),
    reach: isUsable(usage) || linkFailed ? 'answered' : 'lost',
    ...(text !== '' && { text: redactText(text, by.secrets) }),
    ...(hint !== undefined && { hint }),
  };
  return failed(failure, usage, answer);
}

/** Causes that you can change come first: only then is the response worth reading again. */
function whyUnusable({ unusable }: Selection): Pick<Failure, 'code' | 'hint'> {
  const reasons = unusable.flatMap(({ because }) => because ?? []);
  const link = reasons.find((reason) => reason.kind === 'host');
  if (link !== undefined) {
    return { code: 'link_refused', hint: `allow ${link.host} in PRESSRUN_LINK_HOSTS` };
  }
  return { code: reasons.length > 0 ? 'type_refused' : 'bad_image' };
}

function unreadable(
  code: FailureCode,
  what: string,
  answer: ReceivedAnswer,
  { secrets }: Interpreter,
): Interpreted {
  const message = redactLine(`provider answered ${what}`, secrets);
  return failed({ code, message, reach: 'lost' }, undefined, answer);
}

function failed(failure: Failure, usage: ReportedUsage | undefined, answer?: ReceivedAnswer): Interpreted {
  const isKept = answer !== undefined && FAILURES[failure.code].quarantined;
  const kept = isKept ? { status: answer.head.status, bytes: answer.original() } : undefined;
  return { kind: 'failure', failure, usage, answer: kept };
}

function isUsable(usage: ReportedUsage | undefined): boolean {
  return usage !== undefined && hasUsage(usage);
}
