import * as z from 'zod/mini';
import { configurationFile } from '../../shared/domain/configuration/configuration-file.ts';
import { CONFIGURATION_HELP } from '../../shared/domain/configuration/configuration-help.ts';

/** One value of the configuration file, for the schema and for the reference table. */
interface DescribedValue {
  readonly section: string;
  readonly name: string;
  readonly help: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

export type JsonSchema = z.core.JSONSchema.BaseSchema;

const SECTIONS = Object.entries(CONFIGURATION_HELP);

/** The JSON Schema of `pressrun.config.json`, made from the schema that parses it. */
export function configurationJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(configurationFile);
  for (const [section, help] of SECTIONS) {
    const { properties = {} } = entrySchema(schema, section);
    for (const [name, description] of Object.entries(help)) {
      const property = properties[name];
      if (typeof property !== 'object') throw new Error(`${section}.${name} is not in the schema`);
      property.description = description.replaceAll('`', '');
    }
  }
  return { title: 'pressrun.config.json', ...schema };
}

/** Every value that the file may have, section by section. */
export function describedValues(): DescribedValue[] {
  const whole = z.toJSONSchema(configurationFile);
  return SECTIONS.flatMap(([section, help]) => {
    const { properties = {}, required = [] } = entrySchema(whole, section);
    return Object.entries(help).map(([name, text]) => {
      const schema = properties[name];
      if (typeof schema !== 'object') throw new Error(`${section}.${name} is not in the schema`);
      return { section, name, help: text, schema, isRequired: required.includes(name) };
    });
  });
}

/** Of one provider, model, price or stage; `defaults` is an entry itself. */
function entrySchema({ properties = {} }: JsonSchema, section: string): JsonSchema {
  const schema = properties[section];
  if (typeof schema !== 'object') throw new Error(`${section} is not in the schema`);
  const inner = schema.additionalProperties || schema.items || schema;
  return typeof inner === 'object' && !Array.isArray(inner) ? inner : schema;
}
