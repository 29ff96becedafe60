import { z } from 'zod';
import type { ElementDefinition } from '../element.js';
import { expression, pairs, template } from '../evaluables.js';
import { byteSize, choice, integer, text } from '../literals.js';
import { delimiter, encoding, hashAlgorithm, jsonSchema, longNumbers } from '../node-literals.js';

const textFormats = ['json', 'ndjson', 'csv', 'lines', 'text'] as const;
const algorithms = ['gzip', 'deflate', 'brotli'] as const;

const module: ElementDefinition = {
  element: 'transform:module',
  category: 'transform',
  role: 'node',
  summary: 'Calls a function of yours, in a worker.',
  settings: z.object({
    src: text('the path of a JavaScript or TypeScript file').describe('Relative to the flow.'),
    export: text('a name').describe('Which export to call.').prefault('default'),
    options: pairs('option', { unique: true })
      .describe('Reach the function as `options`; attributes of other names do too.')
      .optional(),
  }),
  openSetting: 'options',
  output: 'what the function returns or resolves to',
  example: '<transform:module id="score" src="./score.js" weight="0.5"><option name="input">raw</option></transform:module>',
};

const select: ElementDefinition = {
  element: 'transform:select',
  category: 'transform',
  role: 'node',
  summary: 'One expression over the input.',
  settings: z.object({ expression: expression().describe('The output; sees `input`.') }),
  textSetting: 'expression',
  output: "the expression's value",
  example: '<transform:select id="best">input.slice(0, config.top)</transform:select>',
};

const fill: ElementDefinition = {
  element: 'transform:template',
  category: 'transform',
  role: 'node',
  summary: 'Fills in a text.',
  settings: z.object({ text: template().describe('The text.') }),
  textSetting: 'text',
  output: 'the text',
  example: '<transform:template id="mail">Dear {{ input.name }}, …</transform:template>',
};

const validate: ElementDefinition = {
  element: 'transform:validate',
  category: 'transform',
  role: 'node',
  summary: 'Fails when the input does not fit a JSON Schema.',
  settings: z.object({ schema: jsonSchema().describe('A file relative to the flow, or the schema itself.') }),
  textSetting: 'schema',
  output: 'its input',
  example: '<transform:validate id="checked" schema="order.schema.json"/>',
};

const parse: ElementDefinition = {
  element: 'transform:parse',
  category: 'transform',
  role: 'node',
  summary: 'Turns text or bytes into a value.',
  settings: z.object({
    format: choice(textFormats).describe('What the text is.').prefault('json'),
    delimiter: delimiter().describe('Between CSV columns.').prefault(','),
    encoding: encoding().describe('Encoding of bytes.').prefault('utf-8'),
    longNumbers: longNumbers(),
  }),
  output: 'the value; csv gives one object per row, lines a list of texts',
  example: '<transform:parse id="rows" format="csv"/>',
};

const stringify: ElementDefinition = {
  element: 'transform:stringify',
  category: 'transform',
  role: 'node',
  summary: 'Turns a value into text.',
  settings: z.object({
    format: choice(textFormats).describe('What to write.').prefault('json'),
    delimiter: delimiter().describe('Between CSV columns.').prefault(','),
    indent: integer({ min: 0, max: 10 }).describe('Spaces per level of JSON.').prefault('0'),
  }),
  output: 'the text',
  example: '<transform:stringify id="csv" format="csv"/>',
};

const hash: ElementDefinition = {
  element: 'transform:hash',
  category: 'transform',
  role: 'node',
  summary: 'The digest of text or bytes.',
  settings: z.object({
    algorithm: hashAlgorithm().describe('Which hash.').prefault('sha256'),
    encoding: choice(['hex', 'base64', 'base64url']).describe('How the digest is written.').prefault('hex'),
  }),
  output: 'the digest as text',
  example: '<transform:hash id="digest" algorithm="sha512"/>',
};

const compress: ElementDefinition = {
  element: 'transform:compress',
  category: 'transform',
  role: 'node',
  summary: 'Compresses text or bytes.',
  settings: z.object({
    algorithm: choice(algorithms).describe('Which compression.').prefault('gzip'),
    level: integer({ min: 0, max: 11 }).describe('0 fast to 9 small, for brotli 11. Default: 6, for brotli 11.').optional(),
  }),
  complete: (settings, refuse) => {
    const { algorithm, level } = settings;
    if (algorithm !== 'brotli' && Number(level ?? 0) > 9) refuse('level', `expected 0 to 9 for ${algorithm}, got "${level}"`);
    return settings;
  },
  output: 'a Uint8Array',
  example: '<transform:compress id="small" algorithm="brotli"/>',
};

const decompress: ElementDefinition = {
  element: 'transform:decompress',
  category: 'transform',
  role: 'node',
  summary: 'Undoes a compression.',
  settings: z.object({
    algorithm: choice(algorithms).describe('Which compression.').prefault('gzip'),
    maxBytes: byteSize().describe('Longest output.').prefault('256MiB'),
  }),
  output: 'a Uint8Array',
  example: '<transform:decompress id="raw"/>',
};

/** Transforms of single values. */
export const transformElements: readonly ElementDefinition[] = [
  module,
  select,
  fill,
  validate,
  parse,
  stringify,
  hash,
  compress,
  decompress,
];
