import type { ErrorObject } from 'ajv';
import { FlowError } from '../../errors/flow-error.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';
import type { FindFaults } from './compile-schema.js';
import { compileText, readSchema, type SchemaText } from './read-schema.js';

export interface ValidateConfig {
  /** Path of a JSON Schema file relative to the flow, or the schema itself as JSON text. */
  readonly schema: string;
}

/** One place where a value does not fit. */
export interface SchemaFault {
  /** JSON Pointer into the input; the whole input is `/`. */
  readonly path: string;
  readonly message: string;
}

const mismatchHint =
  'Mend the data at these paths, or the schema; `error.faults` lists them for a <fallback>, which can go on without the input.';
const mostFaults = 100;
const mostNamed = 5;
const mostKept = 50;

/**
 * Output: the input, unchanged, once it fits the schema. Drafts 2019-09 and 2020-12 are used where `$schema` names them, otherwise draft 7;
 * `format` is a note and checks nothing. A very large input is told its first fault only.
 * @throws FlowError SCHEMA_MISMATCH with `fields.faults` (`SchemaFault[]`, at most 100), FLOW_SETTING_INVALID for a schema that is none,
 * NODE_INPUT_INVALID for an input without end
 */
export class ValidateRuntime implements NodeRuntime<ValidateConfig> {
  readonly type = 'transform:validate';
  /** By schema text: compiling costs milliseconds. */
  readonly #validators = new Map<string, FindFaults>();

  async execute({ config, input, context }: ExecutionParams<ValidateConfig>): Promise<unknown> {
    const schema = await readSchema(config.schema, context);
    const findFaults = await this.#compile(schema);
    const faults = await findFaults(input);
    if (faults.length === 0) return input;
    throw mismatch(faults, schema.name);
  }

  async #compile(schema: SchemaText): Promise<FindFaults> {
    const known = this.#validators.get(schema.text);
    if (known !== undefined) return known;
    const findFaults = await compileText(schema);
    if (this.#validators.size >= mostKept) this.#validators.clear();
    this.#validators.set(schema.text, findFaults);
    return findFaults;
  }
}

function mismatch(errors: readonly ErrorObject[], name: string): FlowError {
  const faults = errors.slice(0, mostFaults).map(toFault);
  const named = faults.slice(0, mostNamed).map(({ path, message }) => `${path} ${message}`);
  const more = errors.length > mostNamed ? `; and ${errors.length - mostNamed} more` : '';
  return new FlowError('SCHEMA_MISMATCH', `The input does not fit ${name}: ${named.join('; ')}${more}.`, {
    hint: mismatchHint,
    fields: { faults },
  });
}

function toFault({ instancePath, message, params, keyword }: ErrorObject): SchemaFault {
  const path = instancePath === '' ? '/' : instancePath;
  const text = message ?? 'does not fit';
  if (keyword === 'additionalProperties') return { path, message: `${text}: ${String(params['additionalProperty'])}` };
  if (keyword === 'enum') return { path, message: `${text}: ${JSON.stringify(params['allowedValues'])}` };
  return { path, message: text };
}
