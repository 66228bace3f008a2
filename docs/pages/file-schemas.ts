import * as z from 'zod/mini';
import {
  budgetListJson,
  costOutputJson,
  forecastOutputJson,
  planOutputJson,
  runJson,
  statusJson,
  statusListJson,
  submitJson,
} from '../../cli/json-output.ts';
import { IMAGE_SETTINGS, SETTING_NAMES } from '../../shared/domain/item/image-settings.ts';
import { geminiRequest } from '../../shared/domain/prompt-file/request/gemini-schema.ts';
import { chatBody, chatMessage, imagesBody } from '../../shared/domain/prompt-file/request/openai-schema.ts';

const text = z.string();
const cell = z.nullable(z.union([text, z.number(), z.boolean()]));
const id = z.optional(z.nullable(z.union([text, z.number()])));

/** A line of JSON lines, or an element of a JSON array: columns of ours, and any others. */
export const promptRow = z.looseObject({
  prompt: z.optional(z.union([cell, z.tuple([cell])])),
  messages: z.optional(z.array(chatMessage)),
  id: z.optional(cell),
  name: z.optional(cell),
  variants: z.optional(cell),
  references: z.optional(z.nullable(z.union([text, z.array(text)]))),
  tags: z.optional(z.nullable(z.union([text, z.record(text, cell)]))),
  ...Object.fromEntries(
    SETTING_NAMES.map((name) => {
      const { column, schema } = IMAGE_SETTINGS[name];
      return [column, z.optional(z.nullable(z.union([schema, text])))];
    }),
  ),
});

/** A line of a file for the OpenAI batch API; keys may be in camelCase, too. */
export const openAiLine = z.looseObject({
  custom_id: id,
  method: z.optional(text),
  url: z.optional(text),
  body: z.union([chatBody, imagesBody]),
});

/** A line of a file for the batch mode of the Gemini API, or of Vertex AI; keys may be in snake_case, too. */
export const geminiLine = z.looseObject({ key: id, request: geminiRequest });

/** What is in a file, or comes out of a command with `--json`, by the name of its schema. */
export const FILE_SCHEMAS: Readonly<Record<string, z.ZodMiniType>> = {
  'prompt-row': promptRow,
  'openai-batch-line': openAiLine,
  'gemini-batch-line': geminiLine,
  'run-output': runJson,
  'plan-output': planOutputJson,
  'submit-output': submitJson,
  'status-output': runJson,
  'status-watch-line': statusJson,
  'status-list-output': statusListJson,
  'cost-output': costOutputJson,
  'cost-forecast-output': forecastOutputJson,
  'budget-list-output': budgetListJson,
};

/** The JSON Schema of one of them, made from the schema that parses it. */
export function fileJsonSchema(name: string, schema: z.ZodMiniType): z.core.JSONSchema.BaseSchema {
  return {
    title: `pressrun ${name.replaceAll('-', ' ')}`,
    ...z.toJSONSchema(schema, { io: 'input', reused: 'ref' }),
  };
}
