import { toArray } from '../elements.js';
import { type Frame, fault, spend } from '../frame.js';
import { kindOf, nameKind } from '../kinds.js';
import { isNumber, type NumberLike } from '../numbers.js';
import { define, defineVariadic, type FunctionSpec } from './define.js';

/** The `math` functions. */
export const numberFunctions: readonly FunctionSpec[] = [
  defineVariadic('math.least', 'number', (frame, ...values) => pick(frame, 'least', values, (a, b) => a < b)),
  defineVariadic('math.greatest', 'number', (frame, ...values) => pick(frame, 'greatest', values, (a, b) => a > b)),
  define('math.round', 'function', ['number'], 'number', (_frame, value) => Math.sign(value) * Math.round(Math.abs(value)) + 0),
  define('math.floor', 'function', ['number'], 'number', (_frame, value) => Math.floor(value)),
  define('math.ceil', 'function', ['number'], 'number', (_frame, value) => Math.ceil(value) + 0),
  define('math.trunc', 'function', ['number'], 'number', (_frame, value) => Math.trunc(value) + 0),
  define('math.abs', 'function', ['number'], 'number', (_frame, value) => Math.abs(value)),
  define('math.sign', 'function', ['number'], 'number', (_frame, value) => Math.sign(value)),
  define('math.sqrt', 'function', ['number'], 'number', (_frame, value) => Math.sqrt(value)),
  define('math.isNaN', 'function', ['number'], 'bool', (_frame, value) => Number.isNaN(value)),
  define('math.isFinite', 'function', ['number'], 'bool', (_frame, value) => Number.isFinite(value)),
  define('math.isInf', 'function', ['number'], 'bool', (_frame, value) => Math.abs(value) === Number.POSITIVE_INFINITY),
];

type Beats = (challenger: NumberLike, holder: NumberLike) => boolean;

function pick(frame: Frame, name: string, values: readonly unknown[], beats: Beats): NumberLike {
  const only = values.length === 1 ? values[0] : undefined;
  const kind = kindOf(only);
  const numbers = kind === 'list' || kind === 'bytes' ? toArray(frame, only) : values;
  spend(frame, numbers.length);
  let best: NumberLike | undefined;
  for (const value of numbers) {
    if (!isNumber(value)) throw fault(frame, `math.${name}() compares numbers, and one is ${nameKind(kindOf(value))}`);
    if (best === undefined || beats(value, best)) best = value;
  }
  if (best === undefined) throw fault(frame, `math.${name}() needs at least one number`, 'Ask first whether the list is empty.');
  return best;
}
