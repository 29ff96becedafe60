/**
 * V8 holds no list of more elements than this. One that says it is longer consists of holes, or is a typed array: whoever walks it element
 * by element, or copies it into a list, never comes to an end.
 */
export const longestList: number = 2 ** 27;
