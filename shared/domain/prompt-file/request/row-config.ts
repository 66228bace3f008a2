import { nameList } from '../../canonical-name.ts';
import type { JsonObject } from '../../json-object.ts';
import { type Rejection, rejected } from '../format.ts';
import type { ReadColumn } from '../read-columns.ts';
import { geminiSettings } from './gemini-request.ts';
import { generationConfig } from './gemini-schema.ts';
import { camelKeys, snakeKeys } from './key-style.ts';
import { bodySettings } from './openai-request.ts';
import { pictureBody } from './openai-schema.ts';
import { type RequestSetting, readAs, requestProblem, settingFields } from './request-fields.ts';

const CONFIGS = new Set(
  nameList('image_config, generation_config, extra_body, modalities, response_modalities, response_format'),
);

export function isConfig(key: string): boolean {
  return CONFIGS.has(Object.keys(snakeKeys({ [key]: null }) ?? {})[0] ?? '');
}

/** Adds such settings to a row's cells and says what they are read as, or why they can't be sent. */
export function configSettings(
  configs: JsonObject,
  fields: Map<string, string>,
): readonly ReadColumn[] | Rejection {
  if (Object.keys(configs).length === 0) return [];
  const snake = snakeKeys(configs);
  if (snake === undefined) return rejected('has a key in two spellings: take one out');
  const { generation_config: generation, ...others } = snake;
  const body = pictureBody.safeParse(others);
  if (!body.success) return requestProblem(body.error);
  const gemini = generationConfig.safeParse(camelKeys({ ...asObject(generation) }) ?? {});
  if (!gemini.success) return requestProblem(gemini.error, 'generationConfig');
  const before: RequestSetting[] = [...fields].map(([column, value]) => ({ from: column, column, value }));
  const said = [...bodySettings(body.data), ...geminiSettings('generationConfig', gemini.data)];
  const all = settingFields([...before, ...said]);
  if (!(all instanceof Map)) return all;
  for (const [column, value] of all) fields.set(column, value);
  return readAs(said);
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
