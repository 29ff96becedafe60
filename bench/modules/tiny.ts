/** The least a task can do. */
export default function tiny(n: number): number {
  return n + 1;
}
