import { FlowError } from '../errors/flow-error.js';
import { suggestName } from '../errors/nearest.js';
import { describeValue } from '../runtimes/describe-value.js';
import { parseJson } from '../runtimes/formats/parse-json.js';
import type { Stub } from '../runtimes/stub/stub.js';
import type { Stubs } from './stub-nodes.js';

const keys = ['output', 'outputs', 'error', 'times'];
const form = 'A stub is written {"output": …}, {"outputs": […]} or {"error": {"code": …, "message": …}}.';

/**
 * The stubs in the text of a stub file, `{ "fetch": { "output": … }, "score": { "error": { "code": …, "message": … } } }`.
 * @throws FlowError CONFIG_INVALID; PARSE_FAILED when it is not JSON
 */
export function parseStubs(text: string, file: string): Stubs {
  const stubs = parseJson(text.replace(/^\uFEFF/, ''), file, { hint: form });
  if (!isObject(stubs)) throw invalid(`${file} must hold an object of stubs by node, got ${describeValue(stubs)}`);
  for (const [id, stub] of Object.entries(stubs)) assertStub(stub, `${file}, "${id}"`);
  return stubs as Stubs;
}

/**
 * `place` is what messages call the stub.
 * @throws FlowError CONFIG_INVALID
 */
function assertStub(stub: unknown, place: string): asserts stub is Stub {
  if (!isObject(stub)) throw invalid(`${place}: a stub must be an object, got ${describeValue(stub)}`);
  const unknown = Object.keys(stub).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw invalid(`${place}: a stub has no "${unknown}"`, suggestName(unknown, keys));
  const { outputs, error, times } = stub;
  if (!keys.slice(0, 3).some((key) => Object.hasOwn(stub, key)))
    throw invalid(`${place}: a stub without output, outputs or error`);
  if (outputs !== undefined && !Array.isArray(outputs))
    throw invalid(`${place}: outputs must be a list, got ${describeValue(outputs)}`);
  if (outputs !== undefined && Object.hasOwn(stub, 'output'))
    throw invalid(`${place}: both output and outputs`, 'Keep one of the two.');
  if (error !== undefined && !isObject(error)) throw invalid(`${place}: error must be an object, got ${describeValue(error)}`);
  assertTimes(times, error, place);
}

function assertTimes(times: unknown, error: unknown, place: string): void {
  if (times === undefined) return;
  if (error === undefined) throw invalid(`${place}: times without an error`, 'It says how many attempts fail.');
  if (!Number.isSafeInteger(times) || (times as number) < 1) {
    throw invalid(`${place}: times must be a whole number from 1, got ${describeValue(times)}`);
  }
}

function invalid(message: string, hint = form): FlowError {
  return new FlowError('CONFIG_INVALID', message, { hint });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
