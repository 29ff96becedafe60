import { FlowError } from '../../errors/flow-error.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';

/** What stands for a node: its output, its outputs by iteration, or how it fails. JSON data. */
export interface Stub {
  readonly output?: unknown;
  /** By `index` of the nearest `foreach`, `loop` or `while` around. */
  readonly outputs?: readonly unknown[] | undefined;
  /** `code` and `message`, and whatever fields the error should have. */
  readonly error?: Readonly<Record<string, unknown>> | undefined;
  /** How many attempts fail with `error` before there is an output. @default all */
  readonly times?: number | undefined;
}

export interface StubConfig {
  /** A `Stub` as text: data may look like anything, settings may not. */
  readonly stub: string;
}

/**
 * Stands in the place of another node.
 * @throws FlowError the error it is given; STUB_MISSING for an iteration it knows nothing of
 */
export class StubRuntime implements NodeRuntime<StubConfig> {
  readonly type = 'stub';

  execute({ config, context }: ExecutionParams<StubConfig>): unknown {
    const { output = null, outputs, error, times = Number.POSITIVE_INFINITY } = JSON.parse(config.stub) as Stub;
    if (error !== undefined && context.attempt <= times) throw toError(error);
    return outputs === undefined ? output : outputAt(outputs, context.index);
  }
}

function toError({ code, message, ...fields }: Readonly<Record<string, unknown>>): FlowError {
  return new FlowError(
    typeof code === 'string' ? code : 'NODE_FAILED',
    typeof message === 'string' ? message : 'The stub fails on purpose.',
    { fields },
  );
}

function outputAt(outputs: readonly unknown[], index: number | undefined): unknown {
  if (index !== undefined && index < outputs.length) return outputs[index];
  const place = index === undefined ? 'it stands in no foreach or loop' : `this is iteration ${index}`;
  throw new FlowError('STUB_MISSING', `The stub has ${outputs.length} outputs by iteration, and ${place}.`, {
    hint: index === undefined ? 'Give it one `output`.' : 'Give it an output for each iteration, or one `output` for all.',
  });
}
