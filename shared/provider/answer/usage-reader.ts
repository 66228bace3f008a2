import type { ReportedUsage } from '../../domain/money/usage.ts';
import { hasUsage } from '../../domain/money/usage.ts';
import { asArray, asObject, fieldAt, type JsonObject } from '../json-value.ts';

const PLACES = ['usage', 'usageMetadata', 'usage_metadata'];
const DETAILS = ['completion_tokens_details', 'output_tokens_details'];
const NATIVE_DETAILS = ['candidatesTokensDetails', 'candidates_tokens_details'];

/**
 * The usage of an answer under one set of names (provider-contract §3). Of several the last counts, but a zero-filled
 * one does not hide what an earlier one says; undefined where there is none at all.
 */
export function readUsage(documents: readonly unknown[]): ReportedUsage | undefined {
  const all = documents.flatMap(usageObjects).map(reportedFrom);
  return all.findLast(hasUsage) ?? all.at(-1);
}

function usageObjects(document: unknown): JsonObject[] {
  const holders = [...asArray(asObject(document)?.choices), asObject(document)?.message, document];
  return holders
    .flatMap((holder) => PLACES.map((place) => asObject(asObject(holder)?.[place])))
    .filter((each) => each !== undefined);
}

function reportedFrom(usage: JsonObject): ReportedUsage {
  const counts = {
    promptTokens: firstCount(usage, [
      'prompt_tokens',
      'input_tokens',
      'promptTokenCount',
      'prompt_token_count',
    ]),
    completionTokens: firstCount(usage, [
      'completion_tokens',
      'output_tokens',
      'candidatesTokenCount',
      'candidates_token_count',
    ]),
    totalTokens: firstCount(usage, ['total_tokens', 'totalTokenCount', 'total_token_count']),
    reasoningTokens:
      detailCount(usage, 'reasoning_tokens') ??
      firstCount(usage, ['thoughtsTokenCount', 'thoughts_token_count']),
    imageTokens: detailCount(usage, 'image_tokens') ?? nativeImageTokens(usage),
  };
  return withoutGaps(counts);
}

function firstCount(usage: JsonObject, names: readonly string[]): number | undefined {
  return names.map((name) => asCount(usage[name])).find((each) => each !== undefined);
}

function detailCount(usage: JsonObject, name: string): number | undefined {
  return DETAILS.map((details) => asCount(fieldAt(usage, details, name))).find((each) => each !== undefined);
}

function nativeImageTokens(usage: JsonObject): number | undefined {
  const details = NATIVE_DETAILS.flatMap((name) => asArray(usage[name])).map(asObject);
  const images = details.filter((each) => String(each?.modality).toUpperCase() === 'IMAGE');
  if (images.length === 0) return undefined;
  return images.reduce((sum, each) => sum + (asCount(each?.tokenCount ?? each?.token_count) ?? 0), 0);
}

/** Whole numbers of zero or more, also as digits in a string, as some encoders write large integers. */
function asCount(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

type Gapped = { readonly [Field in keyof ReportedUsage]: number | undefined };

function withoutGaps(counts: Gapped): ReportedUsage {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined));
}
