import type { ASTNode } from '@marcbachmann/cel-js';
import { nearestName } from '../errors/nearest.js';
import type { CallSite } from './call-site.js';
import { labelOf, type Scope, typeFault } from './compiled.js';
import type { Fault } from './frame.js';
import { functions } from './functions/table.js';
import { macroNames } from './macro-call.js';

// What users of JavaScript and JSONata write first.
const replacements: Readonly<Record<string, string>> = {
  length: 'size(x)',
  count: 'size(x)',
  includes: 'text.contains(part), or x in list',
  toUpperCase: 'text.upperAscii()',
  toLowerCase: 'text.lowerAscii()',
  uppercase: 'text.upperAscii()',
  lowercase: 'text.lowerAscii()',
  toString: 'string(x)',
  some: 'list.exists(x, x.ok)',
  every: 'list.all(x, x.ok)',
  find: 'list.filter(x, x.ok).first()',
  reduce: 'list.sum(), or a <transform:reduce> node',
  concat: 'list + list',
  push: 'list + [x]',
  at: 'list[0], or list.last()',
  flat: 'list.flatten()',
  flatMap: 'list.map(x, x.items).flatten()',
  forEach: 'list.map(x, x.field)',
  parseInt: 'int(text)',
  parseFloat: 'double(text)',
  toFixed: '"%.2f".format([x])',
  test: 'text.matches(pattern)',
  match: 'text.matches(pattern)',
  min: 'math.least(list)',
  max: 'math.greatest(list)',
  round: 'math.round(x)',
  floor: 'math.floor(x)',
  ceil: 'math.ceil(x)',
  abs: 'math.abs(x)',
  now: 'run.startedAt; an expression reads no clock',
  Number: 'double(text)',
  String: 'string(x)',
  Boolean: 'bool(text)',
  Date: 'timestamp("2024-05-01T00:00:00Z")',
  keys: 'map.map(key, key)',
  range: 'lists.range(n)',
};

const loops = ['map', 'filter', 'all', 'exists', 'exists_one', 'existsOne', 'sortBy', 'optMap', 'optFlatMap'];

/** The fault of calling what is no function, with what was meant if that can be told. */
export function unknownFunction(node: ASTNode, site: CallSite, scope: Scope): Fault {
  return typeFault(
    node,
    `there is no function ${site.name}()`,
    misused(site, scope) ?? replaced(site.name) ?? nearest(site.name),
  );
}

/** A known name called the wrong way. */
function misused({ name, arguments: parts, isMethod }: CallSite, scope: Scope): string | undefined {
  const [first, ...rest] = parts.map((part) => labelOf(part, scope));
  if (loops.includes(name)) return `Write list.${name}(x, …) with a name for the element and what to do with it.`;
  if (name === 'has') return 'Write has(a.field) with one field.';
  if (name === 'cel.bind') return 'Write cel.bind(name, value, expression).';
  if (!functions.has(name) || first === undefined) return undefined;
  return isMethod ? `Write ${name}(${[first, ...rest].join(', ')}).` : `Write ${first}.${name}(${rest.join(', ')}).`;
}

function replaced(name: string): string | undefined {
  const last = name.replace(/^.*\./, '');
  return Object.hasOwn(replacements, last) ? `Write ${replacements[last]}.` : undefined;
}

function nearest(name: string): string | undefined {
  const names = [...functions.keys(), ...macroNames];
  const found = nearestName(name, names);
  if (found !== undefined) return `Did you mean "${found}"?`;
  const foreign = nearestName(name, Object.keys(replacements));
  return foreign === undefined ? undefined : replaced(foreign);
}
