import { requireTextOrBytes } from '../input.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';

export type CompressionAlgorithm = 'gzip' | 'deflate' | 'brotli';

export interface CompressConfig {
  /** @default "gzip" */
  readonly algorithm?: CompressionAlgorithm | undefined;
  /** 0 to 9, for brotli 0 to 11. @default 6, for brotli 11 */
  readonly level?: number | undefined;
}

/**
 * Output: the compressed bytes of text (as UTF-8) or bytes.
 * @throws FlowError NODE_INPUT_INVALID
 */
export class CompressRuntime implements NodeRuntime<CompressConfig, unknown, Uint8Array> {
  readonly type = 'transform:compress';

  execute({ config, input }: ExecutionParams<CompressConfig>): Uint8Array {
    // A copy of exact size: small results are slices of a pool that would be sent along whole.
    return new Uint8Array(compress(requireTextOrBytes(input, this.type), config));
  }
}

// Synchronous on purpose: a worker has nothing else to do, and on this thread the node runs inline anyway.
function compress(source: string | Uint8Array, { algorithm, level }: CompressConfig): Uint8Array {
  // Loaded when it is first needed: most workers never compress anything.
  const { brotliCompressSync, constants, deflateSync, gzipSync } = process.getBuiltinModule('node:zlib');
  switch (algorithm ?? 'gzip') {
    case 'gzip':
      return gzipSync(source, level === undefined ? {} : { level });
    case 'deflate':
      return deflateSync(source, level === undefined ? {} : { level });
    case 'brotli':
      return brotliCompressSync(source, level === undefined ? {} : { params: { [constants.BROTLI_PARAM_QUALITY]: level } });
  }
}
