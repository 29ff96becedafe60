import type { TextFormat } from '../formats/format.js';
import { writeText } from '../formats/write-format.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';

export interface StringifyConfig {
  /** @default "json" */
  readonly format?: TextFormat | undefined;
  /** @default "," */
  readonly delimiter?: string | undefined;
  /** Spaces per level of JSON. @default 0 */
  readonly indent?: number | undefined;
}

/**
 * Output: the input as text.
 * @throws FlowError NODE_INPUT_INVALID when the input does not fit the format
 */
export class StringifyRuntime implements NodeRuntime<StringifyConfig, unknown, string> {
  readonly type = 'transform:stringify';

  execute({ config, input }: ExecutionParams<StringifyConfig>): Promise<string> {
    return writeText(input, config.format ?? 'json', { delimiter: config.delimiter, indent: config.indent });
  }
}
