import { FlowError } from '../../errors/flow-error.js';
import { requireBytes } from '../input.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';
import type { CompressionAlgorithm } from './compress.js';

export interface DecompressConfig {
  /** @default "gzip" */
  readonly algorithm?: CompressionAlgorithm | undefined;
  /** Longest output. @default 256 MiB */
  readonly maxBytes?: number | undefined;
}

const defaultMaxBytes = 256 * 1024 * 1024;
const decompressors = { gzip: 'gunzipSync', deflate: 'inflateSync', brotli: 'brotliDecompressSync' } as const;

/**
 * Output: the decompressed bytes.
 * @throws FlowError NODE_INPUT_INVALID when the input is no bytes, PARSE_FAILED when they are not of that algorithm, DATA_TOO_LARGE when too many
 * come out
 */
export class DecompressRuntime implements NodeRuntime<DecompressConfig, unknown, Uint8Array> {
  readonly type = 'transform:decompress';

  execute({ config, input }: ExecutionParams<DecompressConfig>): Uint8Array {
    const algorithm = config.algorithm ?? 'gzip';
    const maxBytes = config.maxBytes ?? defaultMaxBytes;
    const bytes = requireBytes(input, this.type);
    try {
      const decompress = process.getBuiltinModule('node:zlib')[decompressors[algorithm]];
      return new Uint8Array(decompress(bytes, { maxOutputLength: maxBytes }));
    } catch (cause) {
      throw decompressFailed(cause, algorithm, maxBytes);
    }
  }
}

function decompressFailed(cause: unknown, algorithm: CompressionAlgorithm, maxBytes: number): FlowError {
  if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') {
    return new FlowError('DATA_TOO_LARGE', `The input decompresses to more than ${maxBytes} bytes.`, {
      cause,
      hint: 'Raise `maxBytes` if so much is expected.',
    });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FlowError('PARSE_FAILED', `The input is not ${algorithm} data: ${reason}.`, {
    cause,
    hint: 'Check `algorithm`: gzip, deflate or brotli.',
  });
}
