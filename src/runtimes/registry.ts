import { describeValue } from '../errors/describe-value.js';
import { FlowError } from '../errors/flow-error.js';
import { suggestName } from '../errors/nearest.js';
import type { NodeRuntime } from './types.js';

/** Settings every node has; a plugin's own settings may not take these names. */
const commonSettingNames: readonly string[] = ['id', 'input', 'when', 'after', 'timeout', 'cost', 'cache'];

export interface RegisterOptions {
  /** Replaces a runtime of the same type instead of refusing the second one. @default false */
  readonly override?: boolean;
}

/** Default export of a plugin module. */
export type RegisterTypes = (registry: RuntimeRegistry) => unknown;

const typePattern = /^[A-Za-z][\w.-]*(:[A-Za-z][\w.-]*)?$/;

/** Which runtime carries out which node type. */
export class RuntimeRegistry {
  readonly #runtimes = new Map<string, NodeRuntime>();
  readonly #replaced = new Set<string>();
  readonly #applied = new WeakMap<RegisterTypes, unknown>();
  #registrations = 0;

  /**
   * Makes `runtime.type` usable in flows.
   * @throws TypeError when the runtime is malformed, or its type is taken and `override` is not set
   */
  register(runtime: NodeRuntime, options: RegisterOptions = {}): void {
    assertRuntime(runtime);
    if (this.#runtimes.has(runtime.type) && options.override !== true) {
      throw new TypeError(
        `Expected a node type that is free, got "${runtime.type}", which is registered already. Pass { override: true } to replace it.`,
      );
    }
    if (this.#runtimes.has(runtime.type)) this.#replaced.add(runtime.type);
    this.#runtimes.set(runtime.type, runtime);
    this.#registrations++;
  }

  /** How often a type was registered until now. */
  get registrations(): number {
    return this.#registrations;
  }

  /** Whether a type was registered again, so that its name says nothing about what it does. */
  isReplaced(type: string): boolean {
    return this.#replaced.has(type);
  }

  /** Lets a plugin register its types; a plugin given before is left alone. Settles when the plugin has. */
  async apply(plugin: RegisterTypes): Promise<void> {
    if (!this.#applied.has(plugin)) this.#applied.set(plugin, plugin(this));
    await this.#applied.get(plugin);
  }

  /**
   * The runtime of a node type.
   * @throws FlowError FLOW_ELEMENT_UNKNOWN naming the nearest registered type
   */
  getRuntime(type: string): NodeRuntime {
    const runtime = this.#runtimes.get(type);
    if (runtime !== undefined) return runtime;
    throw new FlowError('FLOW_ELEMENT_UNKNOWN', `No runtime is registered for the node type "${type}".`, {
      hint: suggestName(type, this.#runtimes.keys()) ?? 'Register a runtime for it, or import the module that does.',
    });
  }

  hasRuntime(type: string): boolean {
    return this.#runtimes.has(type);
  }

  /** Every registered type, in order of registration. */
  types(): readonly string[] {
    return [...this.#runtimes.keys()];
  }
}

/** The registry that the built-in types are in and that flows use unless given another. */
export const registry = new RuntimeRegistry();

function assertRuntime(runtime: unknown): asserts runtime is NodeRuntime {
  if (typeof runtime !== 'object' || runtime === null) {
    throw new TypeError(`Expected a runtime { type, execute }, got ${describeValue(runtime)}.`);
  }
  const { type, execute, settings } = runtime as Partial<Record<keyof NodeRuntime, unknown>>;
  if (typeof type !== 'string' || !typePattern.test(type)) {
    throw new TypeError(`Expected a type such as transform:shout, got ${describeValue(type)}.`);
  }
  if (typeof execute !== 'function') {
    throw new TypeError(`Expected the runtime "${type}" to have an \`execute\` function, got ${describeValue(execute)}.`);
  }
  if (settings !== undefined) assertSettings(type, settings);
}

function assertSettings(type: string, settings: unknown): void {
  if (zodKind(settings) !== 'object' || typeof Reflect.get(settings as object, 'safeExtend') !== 'function') {
    throw new TypeError(
      `Expected \`settings\` of the runtime "${type}" to be a zod object (of zod 4), got ${describeValue(settings)}.`,
    );
  }
  for (const [name, field] of Object.entries((settings as NonNullable<NodeRuntime['settings']>).shape)) {
    if (commonSettingNames.includes(name)) {
      throw new TypeError(
        `Expected settings of "${type}" other than ${commonSettingNames.join(', ')}, which every node has; got \`${name}\`.`,
      );
    }
    if (zodKind(field) !== undefined) continue;
    throw new TypeError(`Expected the setting \`${name}\` of "${type}" to be a zod type, got ${describeValue(field)}.`);
  }
}

/** Of what type a schema is; undefined for what none made. A plugin may have a zod of its own, and threads load none here. */
function zodKind(schema: unknown): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  const { _zod: made } = schema as { readonly _zod?: { readonly def?: { readonly type?: string } } };
  return made?.def?.type;
}
