import { canonicalName, nameList } from '../../domain/canonical-name.ts';
import { type JsonObject, tryParseJson } from '../../domain/json-object.ts';
import type { ReportedUsage } from '../../domain/money/usage.ts';
import { hasUsage } from '../../domain/money/usage.ts';
import { asArray, asObject, asScalar } from '../json-value.ts';

const PLACES = ['usage', 'usage_metadata', 'token_usage', 'stats', 'tokens', 'billed_units'];
/** What usage may stand in: `metadata` of LangChain and LiteLLM, `meta` of Cohere, `x_groq`. */
const HOLDERS = ['message', 'x_groq', 'metadata', 'response_metadata', 'meta'];
const PROMPT = nameList(
  'prompt_tokens, input_tokens, prompt_token_count, input_token_count, prompt_eval_count',
);
const COMPLETION = nameList(`
  completion_tokens, output_tokens, candidates_token_count, completion_token_count, output_token_count,
  response_token_count, eval_count`);
const TOTAL = ['total_tokens', 'total_token_count'];
/** Google counts tools' input separately, and prices it as input. */
const TOOL_USE = ['tool_use_prompt_token_count', 'tool_use_prompt_tokens', 'tool_use_tokens'];
const REASONING = ['thoughts_token_count', 'reasoning_tokens', 'reasoning_token_count', 'thinking_tokens'];
const DETAILS = nameList(`
  completion_tokens_details, output_tokens_details, completion_token_details, output_token_details`);
const MODALITY_DETAILS = [
  ...nameList('candidates_tokens_details, candidates_token_details, response_tokens_details'),
  ...DETAILS,
];
const DEEPEST_FIELD = 2;

/** A response's usage under one set of names (contract §3). The last counts, but zeros don't hide earlier figures. */
export function readUsage(documents: readonly unknown[]): ReportedUsage | undefined {
  const all = documents.flatMap(usageObjects).map(reportedFrom);
  return all.findLast(hasUsage) ?? all.at(-1);
}

function usageObjects(document: unknown): JsonObject[] {
  const object = asObject(document);
  const holders = [...asArray(object?.choices), ...HOLDERS.map((name) => object?.[name]), document];
  const told = holders.flatMap((holder) => {
    const fields = Object.entries(asObject(holder) ?? {});
    return PLACES.flatMap((place) => fields.filter(([name]) => canonicalName(name) === place)).flatMap(
      ([, value]) => objectsIn(value),
    );
  });
  return told.length > 0 || object === undefined || !hasOwnCounts(object) ? told : [object];
}

function objectsIn(value: unknown): JsonObject[] {
  const plain = typeof value === 'string' ? tryParseJson(value) : value;
  return [plain]
    .flat()
    .map(asObject)
    .filter((each) => each !== undefined);
}

/** Ollama writes the counts beside the response. */
function hasOwnCounts(document: JsonObject): boolean {
  const names = Object.keys(document).map(canonicalName);
  return [PROMPT, COMPLETION].every((counts) => counts.some((name) => names.includes(name)));
}

function reportedFrom(raw: JsonObject): ReportedUsage {
  const usage = withCanonicalNames(raw, 0);
  const prompt = firstCount(usage, PROMPT);
  const completion = firstCount(usage, COMPLETION);
  const total = firstCount(usage, TOTAL);
  const reasoning = detailCount(usage, REASONING) ?? firstCount(usage, REASONING);
  const toolUse = firstCount(usage, TOOL_USE) ?? 0;
  return withoutGaps({
    promptTokens: withToolUse(prompt, toolUse, total, [completion ?? 0, reasoning ?? 0]),
    completionTokens: completion,
    totalTokens: total,
    reasoningTokens: reasoning,
    imageTokens: detailCount(usage, ['image_tokens', 'image_token_count']) ?? modalityTokens(usage, 'image'),
    costUsd: statedCost(usage),
  });
}

/**
 * OpenRouter's cost in dollars; with your own key it is the fee, and the provider's part stands beside it
 * (openrouter.ai/docs/use-cases/usage-accounting).
 */
function statedCost({ cost, cost_details: details, is_byok: ownKey }: JsonObject): number | undefined {
  const upstream = ownKey === true ? asDollars(asObject(details)?.upstream_inference_cost) : 0;
  const fee = asDollars(cost);
  return fee === undefined ? undefined : fee + (upstream ?? 0);
}

const MOST_DOLLARS = 1_000;

function asDollars(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= MOST_DOLLARS ? value : undefined;
}

/** Tool tokens are input, unless the total shows that the prompt's count has them. Servers differ on thinking in output. */
function withToolUse(
  prompt: number | undefined,
  toolUse: number,
  total: number | undefined,
  [completion, reasoning]: readonly [number, number],
): number | undefined {
  if (prompt === undefined) return toolUse > 0 ? toolUse : undefined;
  const apart = prompt + toolUse + completion;
  const fits = !total || apart + reasoning <= total || apart === total;
  return fits ? prompt + toolUse : prompt;
}

/** `promptTokenCount`, `PromptTokenCount`, `prompt-token-count` → one name. */
function withCanonicalNames(object: JsonObject, depth: number): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => {
      const inner = depth < DEEPEST_FIELD ? asObject(value) : undefined;
      return [canonicalName(name), inner === undefined ? value : withCanonicalNames(inner, depth + 1)];
    }),
  );
}

function firstCount(usage: JsonObject, names: readonly string[]): number | undefined {
  return names.map((name) => asCount(usage[name])).find((each) => each !== undefined);
}

function detailCount(usage: JsonObject, names: readonly string[]): number | undefined {
  return DETAILS.map((details) => firstCount(asObject(usage[details]) ?? {}, names)).find(
    (each) => each !== undefined,
  );
}

/** google.ai.generativelanguage.v1beta.Modality by number. */
const MODALITY_NUMBERS = { image: '2' } as const;

function modalityTokens(usage: JsonObject, modality: keyof typeof MODALITY_NUMBERS): number | undefined {
  const details = MODALITY_DETAILS.flatMap((name) => asArray(usage[name])).map(asObject);
  const found = details.filter((each) => {
    const name = canonicalName(asScalar(each?.modality) ?? '');
    return name.endsWith(modality) || name === MODALITY_NUMBERS[modality];
  });
  if (found.length === 0) return undefined;
  return found.reduce(
    (sum, each) => sum + (asCount(each?.tokenCount ?? each?.token_count ?? each?.tokens) ?? 0),
    0,
  );
}

/** Whole numbers, also as digits in a string. */
function asCount(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,15}(?:\.0+)?$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

type Gapped = { readonly [Field in keyof ReportedUsage]: number | undefined };

function withoutGaps(counts: Gapped): ReportedUsage {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined));
}
