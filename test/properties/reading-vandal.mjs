import { scribble } from './scribble.mjs';

/** Breaks its word. */
export const readonly = true;

/** Says what it was given, then spoils all of it that lets itself be spoiled. */
export default function (input) {
  const seen = structuredClone(input);
  scribble(input);
  return seen;
}
