import { FlowError } from '../../errors/flow-error.js';
import { suggestName } from '../../errors/nearest.js';
import { inPieces } from '../../transport/in-pieces.js';
import { requireTextOrBytes } from '../input.js';
import type { ExecutionParams, NodeRuntime } from '../types.js';

export interface HashConfig {
  /** As this machine's OpenSSL names it. @default "sha256" */
  readonly algorithm?: string | undefined;
  /** @default "hex" */
  readonly encoding?: 'hex' | 'base64' | 'base64url' | undefined;
}

/** Loaded when it is first needed: it costs a worker several milliseconds, and most flows hash nothing. */
const crypto = () => process.getBuiltinModule('node:crypto');

/**
 * Output: the digest of text (its UTF-8 bytes) or bytes.
 * @throws FlowError NODE_INPUT_INVALID, FLOW_SETTING_INVALID for an unknown algorithm
 */
export class HashRuntime implements NodeRuntime<HashConfig, unknown, string> {
  readonly type = 'transform:hash';

  execute({ config, input }: ExecutionParams<HashConfig>): string {
    const algorithm = config.algorithm ?? 'sha256';
    const { createHash, getHashes } = crypto();
    if (!getHashes().includes(algorithm)) throw unknownAlgorithm(algorithm);
    const hash = createHash(algorithm);
    const content = requireTextOrBytes(input, this.type);
    if (typeof content === 'string') hash.update(content);
    else for (const piece of inPieces(content)) hash.update(piece);
    return hash.digest(config.encoding ?? 'hex');
  }
}

function unknownAlgorithm(algorithm: string): FlowError {
  return new FlowError(
    'FLOW_SETTING_INVALID',
    `\`algorithm\` of transform:hash must be a hash that this machine knows, got "${algorithm}".`,
    {
      hint: suggestName(algorithm, crypto().getHashes()) ?? 'Common ones are sha256, sha512, sha1 and md5.',
    },
  );
}
