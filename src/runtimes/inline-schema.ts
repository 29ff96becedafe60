/** A schema setting is inline JSON when it begins like it: with a brace, or as `true` or `false`. Otherwise it is a path. */
export function isInlineSchema(schema: string): boolean {
  return /^\s*(\{|(true|false)\s*$)/.test(schema);
}
