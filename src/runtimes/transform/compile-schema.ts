import { createRequire } from 'node:module';
import type { Ajv, ErrorObject, Options, ValidateFunction } from 'ajv';
import type { DataValidateFunction as DataCheck } from 'ajv/dist/types/index.js';
import type { RE2JS } from 're2js';
import { FlowError } from '../../errors/flow-error.js';
import { isLarge } from '../../transport/survey.js';
import { canonicalKey } from './canonical-key.js';

/** The faults of a value; none when it fits. */
export type FindFaults = (value: unknown) => Promise<readonly ErrorObject[]>;

/** A value beyond about this size is told its first fault only: a million errors are of no use, and fill the memory. */
const allFaultsBytes = 16 * 1024 * 1024;

/**
 * What finds the faults of values. Nothing is fetched for a `$ref`; patterns run in time proportional to the text.
 * @throws FlowError FLOW_SETTING_INVALID for a schema that is none, NODE_INPUT_INVALID where a value sends it round for ever
 */
export async function compileSchema(schema: unknown, name: string): Promise<FindFaults> {
  const first = await compile(schema, name, false);
  let all: ValidateFunction | undefined;
  return async (value) => {
    const faults = faultsOf(first, value, name);
    if (faults.length === 0 || isLarge(value, allFaultsBytes)) return faults;
    all ??= await compile(schema, name, true);
    return faultsOf(all, value, name);
  };
}

function faultsOf(validate: ValidateFunction, value: unknown, name: string): readonly ErrorObject[] {
  try {
    return validate(value) ? [] : (validate.errors ?? []);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new FlowError(
      'NODE_INPUT_INVALID',
      `The input cannot be checked: it is nested too deep, or ${name} refers to itself without end.`,
      {
        cause,
        hint: 'A `$ref` back to the schema must go through `properties`, `items` or the like.',
      },
    );
  }
}

async function compile(schema: unknown, name: string, allErrors: boolean): Promise<ValidateFunction> {
  try {
    const engine = await createEngine(schema, {
      allErrors,
      strict: false,
      validateFormats: false,
      logger: false,
      // "constructor" is not there because every object inherits it.
      ownProperties: true,
      code: { regExp: compilePattern },
    });
    const validate = withOwnComparing(engine).compile(schema as object | boolean);
    // It would give promises, which are no answer, and settle when nobody looks.
    if ('$async' in validate) throw new Error('"$async" is not supported');
    return validate;
  } catch (cause) {
    const reason = cause instanceof RangeError ? 'it is nested too deep' : placesIn(cause instanceof Error ? cause.message : '');
    throw new FlowError('FLOW_SETTING_INVALID', `${name} is no usable JSON Schema: ${reason.slice(0, 500)}.`, {
      cause,
      hint: hintFor(reason),
    });
  }
}

async function createEngine(schema: unknown, options: Options): Promise<Ajv> {
  const draft = typeof schema === 'object' && schema !== null && '$schema' in schema ? String(schema.$schema) : '';
  if (draft.includes('2020-12')) return new (await import('ajv/dist/2020.js')).Ajv2020(options);
  if (draft.includes('2019-09')) return new (await import('ajv/dist/2019.js')).Ajv2019(options);
  return new (await import('ajv')).Ajv(options);
}

/** Places in the schema as JSON Pointers, as in faults of a value: ajv calls the schema `data`. */
function placesIn(message: string): string {
  return message
    .replace(/^schema is invalid: /, '')
    .replaceAll(/(^|, )data(?=[/ ])/g, (_, before: string) => before)
    .replaceAll(/(^|, ) /g, '$1/ ');
}

function hintFor(reason: string): string | undefined {
  if (reason.includes("can't resolve reference")) return 'Nothing is fetched: put the schema that is referred to under `$defs`.';
  if (reason.includes('/type must')) return 'Types are string, number, integer, boolean, object, array and null.';
  return reason.includes('pattern') ? 'Patterns are RE2: without look-ahead, look-behind and back-references.' : undefined;
}

// re2js takes 10 ms to load, which schemas without a pattern do not need; ajv asks for it synchronously.
const require = createRequire(import.meta.url);
const longestPattern = 1_000;

/** In place of `RegExp`, which takes time beyond all bounds for some patterns. */
const compilePattern = Object.assign(
  (source: string) => {
    if (source.length > longestPattern) throw new Error(`a pattern is longer than ${longestPattern} characters`);
    const engine = (require('re2js') as { readonly RE2JS: typeof RE2JS }).RE2JS;
    try {
      const compiled = engine.compile(engine.translateRegExp(source));
      // ajv keeps patterns apart by their text.
      return { test: (text: string) => compiled.matcher(text).find(), toString: () => `/${source}/u` };
    } catch (cause) {
      throw new Error(
        `the pattern ${JSON.stringify(source)} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`,
      );
    }
  },
  { code: 're2' },
);

/** ajv compares every two items of a list, and calls `toString` of objects, which is a field like any other in data. */
function withOwnComparing(engine: Ajv): Ajv {
  for (const keyword of ['uniqueItems', 'enum', 'const']) engine.removeKeyword(keyword);
  engine.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    errors: true,
    compile: (unique) => checkUnique(unique === true),
  });
  engine.addKeyword({
    keyword: 'enum',
    schemaType: 'array',
    errors: true,
    compile: (allowed: readonly unknown[]) => checkAllowed('enum', allowed),
  });
  return engine.addKeyword({ keyword: 'const', errors: true, compile: (only: unknown) => checkAllowed('const', [only]) });
}

function checkUnique(isAsked: boolean): DataCheck {
  const check: DataCheck = (items: readonly unknown[]) => {
    const double = isAsked ? findDouble(items) : undefined;
    if (double === undefined) return true;
    const message = `must NOT have duplicate items (items ## ${double.first} and ${double.again} are identical)`;
    check.errors = [{ keyword: 'uniqueItems', message, params: double }];
    return false;
  };
  return check;
}

function checkAllowed(keyword: 'enum' | 'const', allowedValues: readonly unknown[]): DataCheck {
  const keys = new Set(allowedValues.map(canonicalKey));
  const message = keyword === 'enum' ? 'must be equal to one of the allowed values' : 'must be equal to constant';
  const check: DataCheck = (value: unknown) => {
    if (keys.has(canonicalKey(value))) return true;
    check.errors = [{ keyword, message, params: { allowedValues } }];
    return false;
  };
  return check;
}

function findDouble(items: readonly unknown[]): { readonly first: number; readonly again: number } | undefined {
  const places = new Map<string, number>();
  for (let again = 0; again < items.length; again++) {
    const key = canonicalKey(items[again]);
    const first = places.get(key);
    if (first !== undefined) return { first, again };
    places.set(key, again);
  }
  return undefined;
}
