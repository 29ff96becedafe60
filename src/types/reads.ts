/** One value an expression reads, exact to the field. */
export type ValueRead =
  /** `path` starts after the id: `['output', 'rows']`. */
  | { readonly kind: 'node'; readonly id: string; readonly path: readonly string[] }
  /** `path` starts after the name: `['top']` for `config.top`. */
  | { readonly kind: 'name'; readonly name: string; readonly path: readonly string[] };
