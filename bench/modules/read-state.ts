type Entries = readonly { readonly id: number }[];

function lastId(entries: Entries): number {
  return entries.at(-1)?.id ?? -1;
}

/** Reads the whole state and may write to it. Gives back a number that depends on every field. */
function whole(state: Readonly<Record<string, Entries>>): number {
  return Object.values(state).reduce((sum, entries) => sum + lastId(entries), 0);
}

/** The same, with the promise not to write; a plain object, for `defineTransform` would load the library into the worker. */
export const wholeReadonly = { readonly: true, run: whole };

/** Reads one field of it, with the promise not to write. */
export const field = { readonly: true, run: lastId };

export default whole;
