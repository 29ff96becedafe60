/** `&amp;`, `&#65;`, `&#x41;`; an `&` that starts none of these is matched alone. */
export const referencePattern = /&(?:#(\d+)|#x([\da-fA-F]+)|([A-Za-z_][\w.-]*));|&/g;

const predefined: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

export type Reference =
  | { readonly kind: 'character'; readonly text: string }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'unknown'; readonly name: string }
  | { readonly kind: 'bare' };

/** What a match of `referencePattern` stands for. */
export function readReference([, decimal, hexadecimal, name]: readonly (string | undefined)[]): Reference {
  if (name !== undefined) {
    const text = predefined.get(name);
    return text === undefined ? { kind: 'unknown', name } : { kind: 'character', text };
  }
  if (decimal !== undefined) return characterOf(Number(decimal));
  if (hexadecimal !== undefined) return characterOf(Number.parseInt(hexadecimal, 16));
  return { kind: 'bare' };
}

function characterOf(codePoint: number): Reference {
  if (codePoint > 0x10ffff) return { kind: 'forbidden' };
  const text = String.fromCodePoint(codePoint);
  return forbiddenCharacter.test(text) ? { kind: 'forbidden' } : { kind: 'character', text };
}

/** Matches a character that XML 1.0 does not allow, written or referred to: most control characters, lone surrogates, U+FFFE, U+FFFF. */
export const forbiddenCharacter = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;
