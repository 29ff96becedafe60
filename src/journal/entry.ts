/** `FSJ1`: found again by looking for it, when what stands before it is damaged. */
export const entryMark: Buffer = Buffer.from('FSJ1');

/** Mark, checksum of the rest of this header, checksum of what follows it, sizes of head and body. */
export const headerBytes = 24;

/** Where the pieces of a header stand. */
export const headerAt = { mark: 0, own: 4, content: 8, headBytes: 12, bodyBytes: 16 } as const;

/** A head is a key and a line of details, behind which the bytes of the body follow. */
export function joinHead(key: string, detail: string): string {
  return `${key}\n${detail}`;
}

/** The key and the details again. Details hold no line break. */
export function splitHead(head: string): { readonly key: string; readonly detail: string } {
  const end = head.lastIndexOf('\n');
  return { key: head.slice(0, end), detail: head.slice(end + 1) };
}
