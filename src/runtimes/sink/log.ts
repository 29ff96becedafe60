import type { LogLevel } from '../../types/events.js';
import { toText } from '../input.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';

export interface LogSinkConfig {
  /** @default the input, shortened to 2,000 characters */
  readonly message?: unknown;
  /** @default "info" */
  readonly level?: LogLevel | undefined;
}

const longestInput = 2000;

/** Writes a message to the run's log. Output: the input, unchanged. */
export class LogSinkRuntime implements NodeRuntime<LogSinkConfig> {
  readonly type = 'sink:log';

  execute({ config, input, context }: ExecutionParams<LogSinkConfig>): unknown {
    context.log(config.message === undefined ? shorten(toText(input)) : toText(config.message), config.level ?? 'info');
    return input;
  }
}

function shorten(text: string): string {
  return text.length > longestInput ? `${text.slice(0, longestInput)}… (${text.length} characters)` : text;
}
