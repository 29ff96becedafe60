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

  async execute({ config, input, context }: ExecutionParams<ModuleConfig>): Promise<unknown> {
    const { run } = await this.load(config, context.flowDirectory);
    const options = Object.fromEntries((config.options ?? []).map(({ name, value }) => [name, value]));
    return run(input, userContext(options, context));
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

/** Getters stay getters: asking for `signal` is what buys the function its grace period, and `item` costs a copy. */
function userContext(options: Readonly<Record<string, unknown>>, context: NodeExecutionContext): TransformContext {
  const { config, secrets, index, branch, attempt, runId } = context;
  return {
    ...{ options, config, secrets, index, branch, attempt, runId },
    get item() {
      return context.item;
    },
    get signal() {
      return context.signal;
    },
    isCancelled: () => context.isCancelled(),
    log: (message, level) => context.log(message, level),
    progress: (done, total) => context.progress(done, total),
  };
}
