export const readonly = true;

/** Forgets its word: throws where all is frozen. */
export default function (input) {
  input.push('more');
  return 'written';
}
