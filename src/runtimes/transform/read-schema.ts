import { readBytes } from '../files.js';
import { decodeText } from '../formats/decode-text.js';
import { parseJson } from '../formats/parse-json.js';
import { isInlineSchema } from '../inline-schema.js';
import { compileSchema, type FindFaults } from './compile-schema.js';

/** JSON text that should be a schema, and what messages call it. */
export interface SchemaText {
  readonly text: string;
  readonly name: string;
}

/**
 * What a `schema` setting names: itself, or what is in that file.
 * @throws FlowError FILE_UNREADABLE, PARSE_FAILED
 */
export async function readSchema(schema: string, context: Parameters<typeof readBytes>[1]): Promise<SchemaText> {
  if (isInlineSchema(schema)) return { text: schema, name: 'the schema' };
  return { text: decodeText(await readBytes(schema, context), schema), name: schema };
}

/** @throws FlowError PARSE_FAILED for what is no JSON, FLOW_SETTING_INVALID for what is no schema */
export function compileText(schema: SchemaText): Promise<FindFaults> {
  return compileSchema(parseSchema(schema), schema.name);
}

/** @throws FlowError PARSE_FAILED for what is no JSON */
export function parseSchema({ text, name }: SchemaText): unknown {
  const hint = 'A JSON Schema is an object such as {"type": "object", "required": ["id"]}.';
  return parseJson(text, name, { longNumbers: 'round', hint });
}
