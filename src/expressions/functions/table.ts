import { conversionFunctions } from './conversions.js';
import type { FunctionSpec } from './define.js';
import { jsonFunctions } from './json.js';
import { listFunctions } from './lists.js';
import { numberFunctions } from './numbers.js';
import { optionalFunctions } from './optionals.js';
import { matches } from './pattern.js';
import { stringFunctions } from './strings.js';
import { timeFunctions } from './time.js';

const specs: readonly FunctionSpec[] = [
  ...conversionFunctions,
  ...stringFunctions,
  matches,
  ...listFunctions,
  ...numberFunctions,
  ...optionalFunctions,
  ...jsonFunctions,
  ...timeFunctions,
];

/** Every function by name: `size`, `math.least`. */
export const functions: ReadonlyMap<string, FunctionSpec> = new Map(specs.map((spec) => [spec.name, spec]));

const namespaces = new Set([
  'cel',
  ...specs.filter(({ name }) => name.includes('.')).map(({ name }) => name.replace(/\..*/, '')),
]);

/** Whether functions are called under this name: `math`, `lists`, `json` … */
export function isNamespace(name: string): boolean {
  return namespaces.has(name);
}
