/** A stretch of a template's result: what the author wrote, or what data put there. */
export interface Piece {
  readonly text: string;
  readonly isData: boolean;
  /** Index into the source's text. */
  readonly at: number;
  /** The expression as written. */
  readonly label: string;
}

/** What data may do in a template. Both throw faults placed by index into the source's text. */
export interface Guard {
  /** The pieces as one text. */
  join(pieces: readonly Piece[]): string;
  /** The value of a template that is one expression. */
  checkValue(value: unknown): unknown;
}
