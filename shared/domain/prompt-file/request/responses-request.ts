import * as z from 'zod/mini';
import type { JsonObject } from '../../json-object.ts';
import { type Rejection, rejected } from '../format.ts';
import { requestProblem } from './request-fields.ts';

const text = z.string('must be text');
const any = z.optional(z.unknown());
const auto = (...values: string[]) =>
  z.optional(z.nullable(z.enum(['auto', ...values], 'cannot be sent to the model: take it out')));

/** The Responses API's image tool; its settings are those of an image request. */
const imageTool = z.strictObject({
  type: z.literal('image_generation', 'is a tool that cannot be sent to the model: take it out'),
  size: z.optional(z.nullable(text)),
  model: z.optional(z.nullable(text)),
  quality: auto('standard', 'medium'),
  background: auto('opaque'),
  moderation: auto('low'),
  output_format: auto('png', 'jpeg', 'webp'),
  output_compression: any,
  partial_images: z.optional(z.literal([0, null])),
  action: auto('generate', 'edit'),
});

/** What the Responses API has in place of a chat's fields (platform.openai.com/docs/api-reference/responses/create). */
const responsesFields = z.object({
  input: z.union([text, z.array(z.unknown())], 'must be text or a list of messages'),
  instructions: z.optional(z.nullable(text)),
  max_output_tokens: z.optional(z.nullable(z.union([z.number(), text]))),
  tools: z.optional(z.nullable(z.array(imageTool).check(z.maxLength(1, 'must be one tool')))),
  tool_choice: any,
  background: z.optional(z.literal([false, null], 'cannot be sent to the model: take it out')),
  truncation: any,
  include: any,
  text: z.optional(
    z.nullable(z.strictObject({ format: z.optional(z.strictObject({ type: z.literal('text') })) })),
  ),
  previous_response_id: z.optional(
    z.null('points to an answer that is not in the file: write the whole conversation'),
  ),
});

type ChatBody = { readonly kind: 'body'; readonly body: JsonObject } | Rejection;

/** The body of a Responses request as that of a chat. */
export function chatBodyOf(body: JsonObject): ChatBody {
  const parsed = responsesFields.safeParse(body);
  if (!parsed.success) return requestProblem(parsed.error, 'body');
  const { input, instructions, max_output_tokens, tools } = parsed.data;
  const own = new Set(Object.keys(responsesFields.shape));
  const others = Object.entries(body).filter(([key]) => !own.has(key));
  if (others.some(([key]) => key === 'size'))
    return rejected('body.size belongs into the tool image_generation', 'size');
  const [tool] = tools ?? [];
  const messages = typeof input === 'string' ? [{ role: 'user', content: input }] : input.map(withoutType);
  return {
    kind: 'body',
    body: {
      ...Object.fromEntries(others),
      messages,
      ...(instructions && { system: instructions }),
      ...(max_output_tokens && { max_tokens: max_output_tokens }),
      ...(tool?.size && { size: tool.size }),
    },
  };
}

function withoutType(message: unknown): unknown {
  if (typeof message !== 'object' || message === null || !('type' in message)) return message;
  const { type, ...others } = message;
  return type === 'message' ? others : message;
}
