import type { SourcePosition, SourceText } from '../types/source.js';

/** One element of a well-formed file, with everything that is needed to point at it. */
export interface XmlElement {
  /** As written, prefix included. */
  readonly name: string;
  /** Where its `<` stands. */
  readonly at: SourcePosition;
  /** In file order, each name once. Without what only editors read: `xmlns`, `xmlns:*`, `xml:*` and `xsi:*`. */
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** All character data and CDATA directly inside, joined; `undefined` when there is only blank space and no CDATA. */
  readonly text: SourceText | undefined;
  /** Where the first character after the element stands. */
  readonly end: SourcePosition;
}

export interface XmlAttribute {
  readonly name: string;
  readonly nameAt: SourcePosition;
  /** Decoded; as XML asks, each tab or line break written in it has become a space. Starts at the character after the quote. */
  readonly value: SourceText;
}
