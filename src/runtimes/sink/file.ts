import { writeWhole } from '../files.js';
import { delimiterOf, type FileFormat, formatOf } from '../formats/format.js';
import { formatFor, writeFormat } from '../formats/write-format.js';
import { requireText } from '../input.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';

export interface FileSinkConfig {
  /** Relative to the flow. Missing folders are made. */
  readonly path: unknown;
  /** @default binary for bytes, then by the file's extension, then text for text and JSON for the rest */
  readonly format?: FileFormat | undefined;
  /** @default tab for .tsv, otherwise comma */
  readonly delimiter?: string | undefined;
  /** Spaces per level of JSON. @default 2 */
  readonly indent?: number | undefined;
}

export interface WrittenFile {
  /** As the setting came out. */
  readonly path: string;
  readonly bytes: number;
}

/**
 * Writes the input to a file, whole or not at all.
 * @throws FlowError FILE_UNWRITABLE, NODE_INPUT_INVALID when the input does not fit the format
 */
export class FileSinkRuntime implements NodeRuntime<FileSinkConfig, unknown, WrittenFile> {
  readonly type = 'sink:file';

  async execute({ config, input, context }: ExecutionParams<FileSinkConfig>): Promise<WrittenFile> {
    const path = requireText(config.path, this.type, 'path');
    const format = config.format ?? chooseFormat(path, input);
    const delimiter = config.delimiter ?? delimiterOf(path);
    const content = await writeFormat(input, format, { delimiter, indent: config.indent ?? 2 });
    return { path, bytes: await writeWhole(path, context.flowDirectory, content) };
  }
}

function chooseFormat(path: string, value: unknown): FileFormat {
  const byValue = formatFor(value);
  return byValue === 'binary' ? byValue : (formatOf(path) ?? byValue);
}
