import { Fault } from './frame.js';
import type { Guard, Piece } from './guard.js';
import { kindOf, nameKind } from './kinds.js';

/**
 * Data in a path leads only downward from the literal folder before it: no absolute path, no `..`, no NUL, no backslash.
 * What the author wrote literally is not judged.
 */
export const pathGuard: Guard = {
  join(pieces) {
    for (const piece of pieces) if (piece.isData) assertDownward(piece);
    const text = pieces.map((piece) => piece.text).join('');
    assertStaysRelative(pieces, text);
    assertNoClimb(pieces);
    return text;
  },
  checkValue(value) {
    if (typeof value !== 'string') throw unsafe(0, `a path must be text, not ${nameKind(kindOf(value))}`);
    const piece = { text: value, isData: true, at: 0, label: 'the value' };
    assertDownward(piece);
    assertNoClimb([piece]);
    return value;
  },
};

function assertDownward({ text, at, label }: Piece): void {
  if (text.includes('\0')) throw unsafe(at, `${label} holds a NUL character and cannot be part of a path`);
  if (text.includes('\\')) throw unsafe(at, `${label} holds a backslash and cannot be part of a path`);
  if (isAbsolute(text)) throw unsafe(at, `${label} is an absolute path`);
}

function isAbsolute(text: string): boolean {
  return text.startsWith('/') || /^[A-Za-z]:/.test(text);
}

/** Pieces may be harmless alone and absolute together: an empty folder before `/etc`, or a drive's letter before its colon. */
function assertStaysRelative(pieces: readonly Piece[], text: string): void {
  const first = pieces.find((piece) => piece.text !== '' || piece.isData);
  if (first?.isData === true && isAbsolute(text)) throw unsafe(first.at, `${first.label} makes the path absolute`);
}

/** No segment that data took part in may be `..`. */
function assertNoClimb(pieces: readonly Piece[]): void {
  let segment = '';
  let data: Piece | undefined;
  for (const piece of pieces) {
    const [start = '', ...rest] = piece.text.split('/');
    segment += start;
    if (piece.isData) data = piece;
    for (const next of rest) {
      assertNoParent(segment, data);
      segment = next;
      data = piece.isData ? piece : undefined;
    }
  }
  assertNoParent(segment, data);
}

function assertNoParent(segment: string, data: Piece | undefined): void {
  if (data !== undefined && segment.trim() === '..') throw unsafe(data.at, `${data.label} leads out of its folder with ".."`);
}

function unsafe(at: number, message: string): Fault {
  const hint = 'Data may only name a file or a subfolder below the folder written before it.';
  return new Fault(at, () => ({ message, hint }), 'PATH_UNSAFE');
}
