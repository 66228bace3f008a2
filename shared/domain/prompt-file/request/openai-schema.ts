import * as z from 'zod/mini';
import { nameList } from '../../canonical-name.ts';

const text = z.string('must be text');
const number = z.union([z.number(), text], 'must be a number');
const nothing = z.optional(z.null());
const any = z.optional(z.unknown());
/** Not sent, without rejecting the row; `unsent.ts` reports those that may alter the response. */
const NOT_REFUSED = nameList(`
  stream, stream_options, user, metadata, store, service_tier, safety_identifier, prompt_cache_key,
  prompt_cache_retention, parallel_tool_calls, logprobs, top_logprobs, usage, provider, route, models,
  transforms, extra_headers, extra_query, timeout, num_retries, drop_params, custom_llm_provider, api_key,
  api_base, base_url, caching, session_id, litellm_metadata, tool_choice`);

const imageUrl = z.union([text, z.object({ url: text })]);
const inlineData = z.object({ data: text, mime_type: z.optional(text) });

const contentPart = z.union(
  [
    z.object({ type: z.optional(z.enum(['text', 'input_text', 'output_text'])), text }),
    z.object({ type: z.optional(z.enum(['image_url', 'input_image', 'output_image'])), image_url: imageUrl }),
    z.object({
      type: z.literal('image'),
      source: z.union([
        z.object({ type: z.literal('base64'), data: text }),
        z.object({ type: z.literal('url'), url: text }),
      ]),
    }),
    z.object({ inline_data: inlineData }),
    text,
  ],
  'is a part that is neither text nor an image',
);
export type ContentPart = z.output<typeof contentPart>;

const content = z.union([text, z.array(contentPart)]);
const emptyList = z.optional(z.nullable(z.array(z.never())));

/** A chat message; an earlier response may hold what the API put into it. */
export const chatMessage = z.strictObject({
  name: any,
  role: z.enum(['system', 'developer', 'user', 'assistant'], 'must be system, developer, user or assistant'),
  content: z.optional(z.nullable(content)),
  images: z.optional(z.nullable(z.array(contentPart))),
  refusal: nothing,
  audio: nothing,
  function_call: nothing,
  tool_calls: emptyList,
  annotations: any,
  reasoning: any,
  reasoning_content: any,
  reasoning_details: any,
  provider_specific_fields: any,
  cache_control: any,
});
export type ChatMessage = z.output<typeof chatMessage>;

const imageConfig = z.strictObject({
  aspect_ratio: z.optional(z.nullable(text)),
  image_size: z.optional(z.nullable(z.union([text, z.number()]))),
});
const modalities = z.nullable(
  z
    .array(text)
    .check(z.refine((all) => all.some((each) => /^image$/i.test(each)), 'ask for no image: add "image"')),
);
const google = z.strictObject({
  image_config: z.optional(z.nullable(imageConfig)),
  response_modalities: z.optional(modalities),
  aspect_ratio: z.optional(text),
  image_size: z.optional(text),
});
const zero = z.optional(z.literal([0, null], 'cannot be sent to the model: take it out'));

/** Settings of the picture in any endpoint's body. */
const pictureFields = {
  model: z.optional(text),
  n: z.optional(z.nullable(number)),
  size: z.optional(z.nullable(text)),
  aspect_ratio: z.optional(z.nullable(text)),
  image_size: z.optional(z.nullable(text)),
  temperature: z.optional(z.nullable(number)),
  top_p: z.optional(z.nullable(number)),
  max_tokens: z.optional(z.nullable(number)),
  max_completion_tokens: z.optional(z.nullable(number)),
  image_config: z.optional(z.nullable(imageConfig)),
  extra_body: z.optional(
    z.strictObject({ ...google.shape, modalities: z.optional(modalities), google: z.optional(google) }),
  ),
  google: z.optional(google),
  modalities: z.optional(modalities),
  response_modalities: z.optional(modalities),
  response_format: z.optional(
    z.union(
      [z.null(), z.enum(['b64_json', 'url']), z.strictObject({ type: z.literal('text') })],
      'is not one that brings an image: take it out',
    ),
  ),
  presence_penalty: zero,
  frequency_penalty: zero,
  seed: nothing,
  stop: emptyList,
  tools: emptyList,
  logit_bias: z.optional(z.nullable(z.strictObject({}))),
  ...Object.fromEntries(NOT_REFUSED.map((name) => [name, any])),
};

export const pictureBody = z.strictObject(pictureFields);
export type PictureBody = z.output<typeof pictureBody>;

export const chatBody = z.strictObject({
  ...pictureFields,
  messages: z.array(chatMessage, 'must be a list of messages'),
  /** As Anthropic's requests have it. */
  system: z.optional(z.union([text, z.array(contentPart)])),
});

const auto = (...values: string[]) =>
  z.optional(z.nullable(z.enum(['auto', ...values], 'cannot be sent to the model: take it out')));
const images = z.optional(z.union([text, imageUrl, z.array(imageUrl)]));

export const imagesBody = z.strictObject({
  ...pictureFields,
  prompt: z.union([text, z.array(text).check(z.length(1))], 'must be one text'),
  image: images,
  images,
  quality: auto('standard', 'medium'),
  style: auto(),
  background: auto('opaque'),
  moderation: auto('low'),
  output_format: auto('png', 'jpeg', 'webp'),
  output_compression: any,
  partial_images: z.optional(z.literal([0, null])),
});
