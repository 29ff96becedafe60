/** An id that was made up for an element written without one. No author can write such a one. */
const madeUp = /(^|\/)\$([a-z]+)-\d+(?=$|[/[])/g;

/** A node as messages name it: `"score"`, or by its element, such as `<fail>`, where its author gave it no id. */
export function nodeName(id: string): string {
  const path = nodePath(id);
  return path === id ? `"${id}"` : path;
}

/** The same within a path: `scored[3]/<fail>`. */
export function nodePath(path: string): string {
  return path.replaceAll(madeUp, '$1<$2>');
}
