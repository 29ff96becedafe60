import { describeValue } from '../../errors/describe-value.js';
import { FlowError } from '../../errors/flow-error.js';
import { toText } from '../input.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';

export interface FailConfig {
  /** @default "NODE_FAILED" */
  readonly code?: unknown;
  /** @default "The flow failed on purpose." */
  readonly message?: unknown;
}

/**
 * Fails on purpose.
 * @throws FlowError with the author's code and message, always; FLOW_SETTING_INVALID where the code is none
 */
export class FailRuntime implements NodeRuntime<FailConfig, unknown, never> {
  readonly type = 'fail';

  execute({ config }: ExecutionParams<FailConfig>): never {
    const message = toText(config.message) || 'The flow failed on purpose.';
    if (config.code === undefined) throw new FlowError('NODE_FAILED', message);
    const code = typeof config.code === 'string' ? config.code.trim() : '';
    if (code !== '' && !lineBreak.test(code)) throw new FlowError(code, message);
    throw new FlowError('FLOW_SETTING_INVALID', `\`code\` of fail must be one line of text, got ${describeCode(config.code)}.`, {
      hint: 'Write a code such as NO_ROWS, or a template that gives text, such as {{ error.code }}.',
      // What the author had to say is not lost with it.
      cause: new FlowError('NODE_FAILED', message),
    });
  }
}

const lineBreak = /[\n\r\u0085\u2028\u2029]/;

/** Without the text itself, which may be long, or a secret. */
function describeCode(code: unknown): string {
  if (typeof code !== 'string') return describeValue(code);
  return code.trim() === '' ? 'a blank text' : `a text of ${code.trim().split(lineBreak).length} lines`;
}
