import type { Writable } from 'node:stream';

/**
 * Makes what a worker thread prints reach the main thread even if the thread is ended right after it, or never yields again. Node holds
 * back all but the first line until the main thread has asked for more, and loses what it holds when the thread ends; what has been
 * posted is delivered all the same.
 */
export function postAtOnce(stream: Writable): void {
  const post = stream._writev?.bind(stream);
  if (post === undefined) return;
  stream._writev = (chunks, written) => {
    post(chunks, ignoreAnswer);
    written();
  };
}

function ignoreAnswer(): void {}
