import { setMaxListeners } from 'node:events';

/** A controller that aborts when `parent` does, until `unlink` lets go of the parent. */
export function linkedAbort(parent: AbortSignal): { readonly controller: AbortController; unlink(): void } {
  const controller = new AbortController();
  // As many listen as there are branches at work, which is no leak.
  setMaxListeners(0, controller.signal);
  const follow = (): void => controller.abort(parent.reason);
  if (parent.aborted) follow();
  else parent.addEventListener('abort', follow, { once: true });
  return { controller, unlink: () => parent.removeEventListener('abort', follow) };
}
