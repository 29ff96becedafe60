import { asError } from '../errors/as-error.js';
import { describeValue } from '../errors/describe-value.js';
import { FlowError } from '../errors/flow-error.js';
import { suggestName } from '../errors/nearest.js';
import { aRecord } from '../errors/options.js';
import type { Stub } from '../runtimes/stub/stub.js';
import { isObject } from './is-object.js';
import type { Stubs } from './stub-nodes.js';

const keys = ['output', 'outputs', 'error', 'times'];
const jsonHint = 'Stubs hold JSON data: nothing in them has a toJSON() of its own.';
export const stubForm = 'A stub is written {"output": …}, {"outputs": […]} or {"error": {"code": …, "message": …}}.';

/**
 * The stubs that a program gives, without those that are undefined.
 * @throws FlowError CONFIG_INVALID for a stub that is none, or holds more than JSON can
 * @throws TypeError when they are no object
 */
export function givenStubs(stubs: Stubs): Stubs {
  aRecord(stubs, 'the stubs', 'stubWorkflow');
  const given = Object.entries(stubs).filter(([, stub]) => stub !== undefined);
  return Object.fromEntries(given.map(([id, stub]) => [id, readStub(stub, `stub "${id}"`)]));
}

/** JSON would pass over what a stub has from a getter of its class or a prototype. */
function readStub(stub: unknown, place: string): Stub {
  assertStub(stub, place);
  const { output, outputs, error, times } = stub;
  const plain = { output, outputs, error, times };
  assertJson(plain, place);
  return plain;
}

/** What JSON leaves out, or makes something else of, would be missing only when the node runs. */
function assertJson(stub: object, place: string): void {
  const paths = new Map<object, string>();
  // JSON gives `value` after its `toJSON`: what was given is in `this`.
  function keepJson(this: Readonly<Record<string, unknown>>, key: string, value: unknown): unknown {
    const given = this[key];
    const path = (): string => pathTo(paths.get(this), key, Array.isArray(this));
    if (isLostInJson(given) || (given === undefined && Array.isArray(this))) {
      throw invalid(`${place}: ${path()} is ${describeValue(given)}`, jsonHint);
    }
    if (typeof value === 'object' && value !== null) paths.set(value, path());
    return value;
  }
  try {
    JSON.stringify(stub, keepJson);
  } catch (cause) {
    if (cause instanceof FlowError) throw cause;
    const [reason] = asError(cause).message.split('\n');
    throw invalid(`${place} cannot be written as JSON: ${reason}`, jsonHint);
  }
}

function pathTo(holder: string | undefined, key: string, isIndex: boolean): string {
  if (isIndex) return `${holder}[${key}]`;
  return holder ? `${holder}.${key}` : key;
}

function isLostInJson(value: unknown): boolean {
  if (typeof value === 'number') return !Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return ['bigint', 'function', 'symbol'].includes(typeof value);
  if ('toJSON' in value && typeof value.toJSON === 'function') return true;
  return !Array.isArray(value) && Object.prototype.toString.call(value) !== '[object Object]';
}

/**
 * `place` is what messages call the stub.
 * @throws FlowError CONFIG_INVALID
 */
export function assertStub(stub: unknown, place: string): asserts stub is Stub {
  if (!isObject(stub)) throw invalid(`${place}: a stub must be an object, got ${describeValue(stub)}`);
  const unknown = Object.keys(stub).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw invalid(`${place}: a stub has no "${unknown}"`, suggestName(unknown, keys));
  const { outputs, error, times } = stub;
  if (!keys.slice(0, 3).some((key) => stub[key] !== undefined))
    throw invalid(`${place}: a stub without output, outputs or error`);
  if (outputs !== undefined && !Array.isArray(outputs))
    throw invalid(`${place}: outputs must be a list, got ${describeValue(outputs)}`);
  if (outputs !== undefined && stub['output'] !== undefined)
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

function invalid(message: string, hint = stubForm): FlowError {
  return new FlowError('CONFIG_INVALID', message, { hint });
}
