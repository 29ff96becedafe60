import { describeValue } from '../../errors/describe-value.js';
import { FlowError } from '../../errors/flow-error.js';
import { suggestName } from '../../errors/nearest.js';
import type { TransformFunction } from '../define-transform.js';

/** What a module says of its function. */
export interface TransformPromises {
  /** It does not write to the input. */
  readonly readonly: boolean;
  /** Once it has returned, it touches neither its input nor its output again. */
  readonly handsOver: boolean;
}

/** A user function, ready to be called. */
export interface LoadedTransform extends TransformPromises {
  readonly run: TransformFunction;
}

type Namespace = Readonly<Record<string, unknown>>;

/**
 * The user function among a module's exports. CommonJS modules count whatever way they export it.
 * @throws FlowError MODULE_NOT_FOUND, MODULE_INVALID
 */
export function pickTransform(namespace: Namespace, exportName: string, src: string): LoadedTransform {
  const exported = exportsOf(namespace);
  const value = exported.get(exportName);
  if (value === undefined) throw missingExport(exported, exportName, src);
  const promises = promisesIn((name) => exported.get(name));
  if (typeof value === 'function') return { run: value as TransformFunction, ...promises };
  if (isDefinition(value)) {
    const own = promisesIn((name) => Reflect.get(value, name));
    return { run: value.run, readonly: promises.readonly || own.readonly, handsOver: promises.handsOver || own.handsOver };
  }
  throw new FlowError('MODULE_INVALID', `The export "${exportName}" of ${src} must be a function, got ${describeValue(value)}.`, {
    hint: 'Write `export default function (input, context) { … }`.',
  });
}

function promisesIn(said: (name: keyof TransformPromises) => unknown): TransformPromises {
  return { readonly: said('readonly') === true, handsOver: said('handsOver') === true };
}

/** By name. A CommonJS module arrives as the `default` of a namespace, and one compiled from ESM has its own `default` inside that. */
function exportsOf(namespace: Namespace): ReadonlyMap<string, unknown> {
  const outer = namespace['default'];
  const inner = isObject(outer) && !isDefinition(outer) ? outer : {};
  const compiled = inner['__esModule'] === true;
  const entries = [...Object.entries(inner), ...Object.entries(namespace)];
  const exported = new Map(entries.filter(([name]) => name !== '__esModule' && name !== 'module.exports'));
  if (compiled) exported.set('default', inner['default']);
  return exported;
}

function missingExport(exported: ReadonlyMap<string, unknown>, exportName: string, src: string): FlowError {
  const names = [...exported.keys()].filter((name) => exported.get(name) !== undefined);
  const callable = names.filter((name) => typeof exported.get(name) === 'function' || isDefinition(exported.get(name)));
  if (callable.length === 0) {
    return new FlowError(
      'MODULE_INVALID',
      `${src} exports no function${names.length === 0 ? '' : `, only ${names.join(', ')}`}.`,
      {
        hint: 'Write `export default function (input, context) { … }`.',
      },
    );
  }
  const what = exportName === 'default' ? 'no default export' : `no export "${exportName}"`;
  return new FlowError('MODULE_NOT_FOUND', `${src} has ${what}; it offers ${callable.join(', ')}.`, {
    hint: suggestName(exportName, callable) ?? `Name one of them, such as export="${callable[0]}".`,
  });
}

function isDefinition(value: unknown): value is { readonly run: TransformFunction } {
  return isObject(value) && typeof value['run'] === 'function';
}

function isObject(value: unknown): value is Namespace {
  return typeof value === 'object' && value !== null;
}
