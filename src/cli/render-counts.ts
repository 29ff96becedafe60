import type { Style } from './paint.js';
import type { Progress } from './progress.js';

export interface Count {
  readonly text: string;
  readonly style?: Style;
}

/** `4/6 nodes (1 skipped)`, then what failed, was cancelled, was retried or was made up for by a fallback, as far as anything did. */
export function countsOf({ nodes, ended, retries, fallbacks }: Progress): readonly Count[] {
  const { completed, skipped, failed, cancelled } = ended;
  return [
    { text: `${completed + skipped}/${nodes} nodes${skipped > 0 ? ` (${skipped} skipped)` : ''}` },
    ...counted(failed, `${failed} failed`, 'red'),
    ...counted(cancelled, `${cancelled} cancelled`, 'yellow'),
    ...counted(retries, retries === 1 ? '1 retry' : `${retries} retries`, 'yellow'),
    ...counted(fallbacks, fallbacks === 1 ? '1 fallback' : `${fallbacks} fallbacks`, 'yellow'),
  ];
}

function counted(amount: number, text: string, style: Style): readonly Count[] {
  return amount > 0 ? [{ text, style }] : [];
}
