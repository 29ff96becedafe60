import { FlowError } from '../../errors/flow-error.js';
import type { TransformContext } from '../define-transform.js';
import { ModuleLoader } from '../modules/module-loader.js';
import type { LoadedTransform } from '../modules/pick-transform.js';
import type { ExecutionParams, NodeExecutionContext, NodeRuntime } from '../types.js';

export interface ModuleConfig {
  /** Relative to the flow: .js, .mjs, .cjs, .ts, .mts or .cts. */
  readonly src: string;
  /** @default "default" */
  readonly export?: string | undefined;
  /** Evaluated; they reach the function as one object. */
  readonly options?: readonly { readonly name: string; readonly value: unknown }[] | undefined;
}

/**
 * Calls a user function. Output: what it returns or resolves to; what it throws is passed on as it is.
 * @throws FlowError MODULE_NOT_FOUND, MODULE_INVALID
 */
export class ModuleRuntime implements NodeRuntime<ModuleConfig> {
  readonly type = 'transform:module';
  readonly #loader = new ModuleLoader();

  /** Without a promise when the function is loaded and gives none. */
  execute(params: ExecutionParams<ModuleConfig>): unknown {
    const { config, context } = params;
    const loaded = this.loaded(config, context.flowDirectory);
    return loaded === undefined ? this.#loadAndCall(params) : call(loaded, params);
  }

  /** The function and its promises; undefined when it was not loaded before. */
  loaded(config: ModuleConfig, flowDirectory: string): LoadedTransform | undefined {
    return this.#loader.loaded(config.src, flowDirectory, config.export ?? 'default');
  }

  async #loadAndCall(params: ExecutionParams<ModuleConfig>): Promise<unknown> {
    return call(await this.load(params.config, params.context.flowDirectory), params);
  }

  /**
   * The function and its promises, without calling it. Kept from then on.
   * @throws FlowError MODULE_NOT_FOUND, MODULE_INVALID
   */
  load(config: ModuleConfig, flowDirectory: string): Promise<LoadedTransform> {
    if (typeof config.src !== 'string' || config.src === '') {
      throw new FlowError('FLOW_SETTING_INVALID', '`src` of transform:module must name a JavaScript or TypeScript file.');
    }
    return this.#loader.load(config.src, flowDirectory, config.export ?? 'default');
  }
}

function call({ run }: LoadedTransform, { config, input, context }: ExecutionParams<ModuleConfig>): unknown {
  const options: Record<string, unknown> = {};
  for (const { name, value } of config.options ?? []) define(options, name, value);
  return run(input, new UserContext(options, context));
}

/** `__proto__` as a name is data like any other. */
function define(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') target[name] = value;
  else Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}

/**
 * Getters stay getters: asking for `signal` is what buys the function its grace period, and `item` costs a copy. They are the
 * object's own, so that `{ ...context }` has them. A class, since an object literal with getters takes twice as long to build.
 */
class UserContext implements TransformContext {
  readonly options: Readonly<Record<string, unknown>>;
  readonly config: TransformContext['config'];
  readonly secrets: TransformContext['secrets'];
  declare readonly item: unknown;
  readonly index: number | undefined;
  readonly branch: number | undefined;
  readonly attempt: number;
  readonly runId: string;
  declare readonly signal: AbortSignal;
  readonly isCancelled: TransformContext['isCancelled'];
  readonly log: TransformContext['log'];
  readonly progress: TransformContext['progress'];
  readonly #context: NodeExecutionContext;

  static readonly #getters: PropertyDescriptorMap & ThisType<UserContext> = {
    item: {
      enumerable: true,
      get() {
        return this.#context.item;
      },
    },
    signal: {
      enumerable: true,
      get() {
        return this.#context.signal;
      },
    },
  };

  constructor(options: Readonly<Record<string, unknown>>, context: NodeExecutionContext) {
    this.options = options;
    this.config = context.config;
    this.secrets = context.secrets;
    this.index = context.index;
    this.branch = context.branch;
    this.attempt = context.attempt;
    this.runId = context.runId;
    this.isCancelled = context.isCancelled;
    this.log = context.log;
    this.progress = context.progress;
    this.#context = context;
    Object.defineProperties(this, UserContext.#getters);
  }
}
