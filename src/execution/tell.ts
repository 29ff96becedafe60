/** Calls a listener. Its own fault must not change what the run does, nor end the process: so it is promised where listeners are given. */
export function tell(call: () => unknown): void {
  try {
    const told = call();
    if (told instanceof Promise) told.catch(() => undefined);
  } catch {
    // Told in the documentation of `onEvent` and `onNotice`.
  }
}
