/**
 * What V8 counts at once: smaller blocks bring more collections than the memory is worth. Such a block is always mapped by itself,
 * and since nobody writes to it, it takes addresses and no memory.
 */
const blockBytes = 256 * 1024 * 1024;
/** So much in all is not counted: the first block brings a collection at once, which a run that shares little need not pay. */
const ignoredBytes = 64 * 1024 * 1024;

/** A symbol stays behind when its object is sent to another thread, which counts for itself. */
const counted = Symbol('counted by');

/** A field of its own: a `WeakMap` of thousands of short-lived keys is work for each collection. */
interface Holder {
  [counted]?: ArrayBuffer;
}

/**
 * Makes shared memory felt. V8 collects garbage when much memory hangs on it, but does not count shared memory: hundreds of
 * megabytes would wait for a collection that nothing brings about, each new value in fresh pages. So whatever holds shared memory
 * also holds a share of an ordinary block that is never touched.
 */
export class Weights {
  /**
   * Not weak, though what is left of it outlives its holders then: each new block brings a full collection, so a thread whose values are all
   * short-lived would lose its block to that, take another one for the next value, and do nothing but collect.
   */
  #block: ArrayBuffer | undefined;
  #left = 0;
  #ignored = 0;

  /** Counts so many bytes for as long as `holder` lives, once there are enough to matter. */
  add(holder: Holder & object, bytes: number): void {
    if (holder[counted] !== undefined) return;
    if (this.#ignored + bytes <= ignoredBytes) {
      this.#ignored += bytes;
      return;
    }
    if (this.#block === undefined || this.#left < bytes) {
      this.#block = blockOf(Math.max(blockBytes, bytes));
      if (this.#block === undefined) return;
      this.#left = this.#block.byteLength;
    }
    this.#left -= bytes;
    holder[counted] = this.#block;
  }
}

/** Undefined where not even addresses are to be had: then nothing is counted. */
function blockOf(bytes: number): ArrayBuffer | undefined {
  try {
    return new ArrayBuffer(bytes);
  } catch {
    return undefined;
  }
}
