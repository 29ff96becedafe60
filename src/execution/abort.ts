import { setMaxListeners } from 'node:events';

/** A controller that aborts when `parent` does, if there is one, until `unlink` lets go of it. */
export function linkedAbort(parent: AbortSignal | undefined): { readonly controller: AbortController; unlink(): void } {
  const controller = new AbortController();
  // As many listen as there are branches at work, which is no leak.
  setMaxListeners(0, controller.signal);
  const follow = (): void => controller.abort(parent?.reason);
  if (parent?.aborted) follow();
  else parent?.addEventListener('abort', follow, { once: true });
  return { controller, unlink: () => parent?.removeEventListener('abort', follow) };
}
