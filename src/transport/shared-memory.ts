/** Tags of V8's format: shared memory by number, and a transferred buffer by number. */
const sharedTag = 0x75;
const transferredTag = 0x74;
const varintBytes = 5;

/**
 * Node's deserialiser refuses the tag under which its serialiser writes shared memory, but takes it as a transferred buffer.
 * So each piece is written under a random number that can be found again in the bytes, and renamed there.
 */
export class SharedMemoryMarks {
  readonly #marks: { readonly mark: number; readonly transfer: number }[] = [];

  /** The number to write for the shared memory at `transfer` in the transfer list. */
  mark(transfer: number): number {
    const mark = 2 ** 31 + Math.floor(Math.random() * 2 ** 31);
    this.#marks.push({ mark, transfer });
    return mark;
  }

  /** Renames every mark in `bytes`. False when one of them is ambiguous. */
  resolve(bytes: Buffer): boolean {
    return this.#marks.every(({ mark, transfer }) => {
      const pattern = tagged(sharedTag, mark);
      const at = bytes.indexOf(pattern);
      if (at === -1 || bytes.indexOf(pattern, at + 1) !== -1) return false;
      bytes.set(tagged(transferredTag, transfer), at);
      return true;
    });
  }
}

/** A tag and its number, padded so that every number takes the same room. */
function tagged(tag: number, value: number): Uint8Array {
  const bytes = [tag];
  for (let i = 0; i < varintBytes; i++) {
    const isLast = i === varintBytes - 1;
    bytes.push((Math.floor(value / 128 ** i) % 128) | (isLast ? 0 : 0x80));
  }
  return Uint8Array.from(bytes);
}
