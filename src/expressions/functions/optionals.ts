import { isEqual } from '../equality.js';
import { Optional } from '../exotic.js';
import { fault } from '../frame.js';
import { kindOf } from '../kinds.js';
import { define, type FunctionSpec } from './define.js';

/** Values that may be absent: what `a.?b` and `list[?0]` give. */
export const optionalFunctions: readonly FunctionSpec[] = [
  define('orValue', 'method', ['optional', 'any'], 'any', (_frame, optional, otherwise) =>
    optional.isPresent ? optional.value : otherwise,
  ),
  define('or', 'method', ['optional', 'optional'], 'optional', (_frame, optional, other) =>
    optional.isPresent ? optional : other,
  ),
  define('hasValue', 'method', ['optional'], 'bool', (_frame, optional) => optional.isPresent),
  define('value', 'method', ['optional'], 'any', (frame, optional) => {
    if (optional.isPresent) return optional.value;
    throw fault(frame, 'value() of an optional that is absent', 'Give a default with orValue(default).');
  }),
  define('optional.of', 'function', ['any'], 'optional', (_frame, value) => new Optional(value)),
  define('optional.none', 'function', [], 'optional', () => new Optional(undefined)),
  define('optional.ofNonZeroValue', 'function', ['any'], 'optional', (frame, value) => {
    const zeros = [null, 0, '', false, [], {}];
    const isZero = zeros.some((zero) => kindOf(zero) === kindOf(value) && isEqual(frame, zero, value));
    return new Optional(isZero ? undefined : value);
  }),
];
