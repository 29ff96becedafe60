import { decodeText } from '../formats/decode-text.js';
import type { LongNumbers, TextFormat } from '../formats/format.js';
import { parseText } from '../formats/read-format.js';
import { requireTextOrBytes } from '../input.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';

export interface ParseConfig {
  /** @default "json" */
  readonly format?: TextFormat | undefined;
  /** @default "," */
  readonly delimiter?: string | undefined;
  /** Of bytes. @default "utf-8" */
  readonly encoding?: string | undefined;
  /** @default "error" */
  readonly longNumbers?: LongNumbers | undefined;
}

/**
 * Output: the value that the input, text or bytes, stands for.
 * @throws FlowError PARSE_FAILED with the line, NODE_INPUT_INVALID when the input is neither text nor bytes
 */
export class ParseRuntime implements NodeRuntime<ParseConfig> {
  readonly type = 'transform:parse';

  async execute({ config, input }: ExecutionParams<ParseConfig>): Promise<unknown> {
    const source = requireTextOrBytes(input, this.type);
    const text = typeof source === 'string' ? source : decodeText(source, 'The input', config.encoding);
    return parseText(text, config.format ?? 'json', 'The input', {
      delimiter: config.delimiter,
      longNumbers: config.longNumbers,
    });
  }
}
