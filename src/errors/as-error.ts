/** What code that is not ours has thrown, as an error whose name, message and stack can be read. Never throws. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error && ['name', 'message', 'stack'].every((key) => textIn(thrown, key) !== undefined)) return thrown;
  const error = new Error(wordsFor(thrown));
  // Of its own stack nothing can be read, and this one tells of ours.
  error.stack = error.message;
  return error;
}

function wordsFor(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  if (typeof thrown === 'function') return 'a function was thrown';
  if (typeof thrown !== 'object' || thrown === null) return `${String(thrown)} was thrown`;
  return textIn(thrown, 'message') ?? 'an object was thrown';
}

function textIn(holder: object, key: string): string | undefined {
  try {
    const value: unknown = Reflect.get(holder, key);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
