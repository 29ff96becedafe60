import { styleText } from 'node:util';

export type Style = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold';

/** Gives text a style, or leaves it as it is where styles are not wanted. */
export type Paint = (style: Style, text: string) => string;

export const unpainted: Paint = (_style, text) => text;

/** Paints for one stream: only on a terminal, and as `NO_COLOR` and `FORCE_COLOR` ask. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  return (style, text) => styleText(style, text, { stream });
}
