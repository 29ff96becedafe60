import spin from './spin.js';

/** Computes for its `steps` and hands a payload back. */
export default function spinOn({ steps, rows }: { readonly steps: number; readonly rows: readonly string[] }): readonly string[] {
  spin(steps);
  return rows;
}
