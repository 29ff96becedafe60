import type { Duration, Optional } from '../exotic.js';
import type { Frame } from '../frame.js';
import type { StaticKind } from '../kinds.js';

/** How a function is called: `size(x)`, `x.trim()`, or both ways. */
type CallStyle = 'function' | 'method' | 'either';

/** What a parameter takes, before any `?`. `list` gets a plain array, `number` no BigInt, `whole` an integer. */
type ParameterKind =
  | 'any'
  | 'list'
  | 'number'
  | 'optional'
  | 'sized'
  | 'sliceable'
  | 'string'
  | 'text or list'
  | 'text or bytes'
  | 'text or number'
  | 'text or bool'
  | 'convertible'
  | 'time or duration'
  | 'timestamp'
  | 'whole';

type ParameterText = ParameterKind | `${ParameterKind}?`;

interface ParameterValues {
  any: unknown;
  list: readonly unknown[];
  number: number;
  optional: Optional;
  sized: unknown;
  sliceable: unknown;
  string: string;
  'text or list': string | readonly unknown[];
  'text or bytes': string | Uint8Array;
  'text or number': unknown;
  'text or bool': string | boolean;
  convertible: unknown;
  'time or duration': Date | Duration;
  timestamp: Date;
  whole: number;
}

type ValueOf<T> = T extends `${infer K extends ParameterKind}?`
  ? ParameterValues[K] | undefined
  : T extends ParameterKind
    ? ParameterValues[T]
    : never;

type ValuesOf<T extends readonly ParameterText[]> = { -readonly [I in keyof T]: ValueOf<T[I]> };

export interface Parameter {
  readonly kind: ParameterKind;
  readonly accepts: readonly StaticKind[];
  /** Put between "takes" and "as its 1st argument" in messages. */
  readonly label: string;
}

export interface FunctionSpec {
  /** `size`, `math.least`; for a method just its name. */
  readonly name: string;
  readonly style: CallStyle;
  /** A method's receiver is the first. */
  readonly parameters: readonly Parameter[];
  readonly required: number;
  /** Whether the last parameter takes any number of arguments. */
  readonly isVariadic: boolean;
  readonly returns: StaticKind;
  readonly run: (frame: Frame, ...values: readonly unknown[]) => unknown;
}

const kinds: Readonly<Record<ParameterKind, readonly [label: string, ...accepts: StaticKind[]]>> = {
  any: ['any value'],
  list: ['a list', 'list', 'bytes'],
  number: ['a number', 'number'],
  optional: ['an optional', 'optional'],
  sized: ['a string, list, map or bytes', 'string', 'list', 'map', 'bytes'],
  sliceable: ['a list or bytes', 'list', 'bytes'],
  string: ['a string', 'string'],
  'text or list': ['a string or a list', 'string', 'list', 'bytes'],
  'text or bytes': ['a string or bytes', 'string', 'bytes'],
  'text or number': ['a string or a number', 'string', 'number'],
  'text or bool': ['a string or a boolean', 'string', 'bool'],
  convertible: [
    'a string, number, boolean, bytes, timestamp or duration',
    'string',
    'number',
    'bool',
    'bytes',
    'timestamp',
    'duration',
  ],
  'time or duration': ['a timestamp or a duration', 'timestamp', 'duration'],
  timestamp: ['a timestamp', 'timestamp'],
  whole: ['a whole number', 'number'],
};

/** A function as expressions call it. Arguments are checked against `parameters` before `run` gets them. */
export function define<const T extends readonly ParameterText[]>(
  name: string,
  style: CallStyle,
  parameters: T,
  returns: StaticKind,
  run: (frame: Frame, ...values: ValuesOf<T>) => unknown,
): FunctionSpec {
  return {
    name,
    style,
    parameters: parameters.map(parameterOf),
    required: parameters.filter((text) => !text.endsWith('?')).length,
    isVariadic: false,
    returns,
    // The values were checked against exactly these parameters.
    run: run as FunctionSpec['run'],
  };
}

/** As `define`, for functions that take one or more arguments of one kind. */
export function defineVariadic(
  name: string,
  returns: StaticKind,
  run: (frame: Frame, ...values: readonly unknown[]) => unknown,
): FunctionSpec {
  return { name, style: 'function', parameters: [parameterOf('any')], required: 1, isVariadic: true, returns, run };
}

function parameterOf(text: ParameterText): Parameter {
  const kind = (text.endsWith('?') ? text.slice(0, -1) : text) as ParameterKind;
  const [label, ...accepts] = kinds[kind];
  return { kind, label, accepts };
}
