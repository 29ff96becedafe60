export const readonly = true;

/** What it was lent is what it gives. */
export default (input) => input;
