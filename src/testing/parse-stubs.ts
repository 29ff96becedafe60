import { describeValue } from '../errors/describe-value.js';
import { FlowError } from '../errors/flow-error.js';
import { parseJson } from '../runtimes/formats/parse-json.js';
import { assertStub, stubForm } from './given-stubs.js';
import { isObject } from './is-object.js';
import type { Stubs } from './stub-nodes.js';

/**
 * The stubs in the text of a stub file, `{ "fetch": { "output": … }, "score": { "error": { "code": …, "message": … } } }`.
 * @throws FlowError CONFIG_INVALID; PARSE_FAILED when it is not JSON
 */
export function parseStubs(text: string, file: string): Stubs {
  const stubs = parseJson(text.replace(/^\uFEFF/, ''), file, { hint: stubForm });
  if (!isObject(stubs)) {
    const message = `${file} must hold an object of stubs by node, got ${describeValue(stubs)}`;
    throw new FlowError('CONFIG_INVALID', message, { hint: stubForm });
  }
  for (const [id, stub] of Object.entries(stubs)) assertStub(stub, `${file}, "${id}"`);
  return stubs as Stubs;
}
