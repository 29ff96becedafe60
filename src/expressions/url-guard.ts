import { Fault } from './frame.js';
import type { Guard, Piece } from './guard.js';
import { kindOf, nameKind } from './kinds.js';

/**
 * Data in a URL is percent-encoded, and changes nothing beyond its place: not the scheme, not the host written before it, not
 * the number of path segments. A URL that is one expression must be http or https.
 */
export const urlGuard: Guard = {
  join(pieces) {
    const encoded = pieces.map(encodePiece);
    const text = encoded.map((piece) => piece.text).join('');
    const data = encoded.find((piece) => piece.isData);
    if (data === undefined) return text;
    const url = parseUrl(text, data);
    assertHost(encoded);
    assertShape(encoded, url, data);
    return text;
  },
  checkValue(value) {
    if (typeof value !== 'string') throw unsafe(0, `a URL must be text, not ${nameKind(kindOf(value))}`);
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url === undefined) throw unsafe(0, 'the value is no absolute URL', 'Write it in full: https://…');
    assertWeb(url, 0);
    return value;
  },
};

function encodePiece(piece: Piece): Piece {
  if (!piece.isData) return piece;
  try {
    return { ...piece, text: encodeURIComponent(piece.text) };
  } catch {
    throw unsafe(piece.at, `${piece.label} holds half a character (a lone surrogate) and cannot be part of a URL`);
  }
}

function parseUrl(text: string, data: Piece): URL {
  if (!URL.canParse(text))
    throw unsafe(data.at, `this is no absolute URL once the value of ${data.label} is put in`, wholeHint(data));
  const url = new URL(text);
  assertWeb(url, data.at);
  return url;
}

function wholeHint(data: Piece): string {
  return `Data is percent-encoded, slashes and colons too. Write scheme and host in the flow, as in https://host/{{ … }}; to begin with a base address, write all of it as one expression: {{ ${data.label} + "/path" }}.`;
}

function assertWeb(url: URL, at: number): void {
  if (url.protocol === 'http:' || url.protocol === 'https:') return;
  throw unsafe(at, `the URL's scheme is ${JSON.stringify(url.protocol.slice(0, 20))}; only http and https are allowed`);
}

/** `https://api.example.com{{x}}` may not become `https://api.example.com.evil.org`. */
function assertHost(pieces: readonly Piece[]): void {
  let before = '';
  for (const piece of pieces) {
    const authority = /^[^/]*:\/\/(?:[^/?#]*@)?([^/?#]*)$/.exec(before)?.[1];
    const continuesHost = authority !== undefined && authority !== '' && piece.isData;
    if (continuesHost && piece.text.includes('.'))
      throw unsafe(piece.at, `${piece.label} would change the host ${authority} to another one`);
    before += piece.text;
  }
}

/** Compares with the same URL holding harmless words: data may fill a place but not be `.` or `..`, which move between places. */
function assertShape(pieces: readonly Piece[], url: URL, data: Piece): void {
  const harmless = pieces.map((piece) => (piece.isData && /[^\d]/.test(piece.text) ? 'x' : piece.text)).join('');
  const model = URL.canParse(harmless) ? new URL(harmless) : undefined;
  if (model === undefined || segmentCount(model) === segmentCount(url)) return;
  throw unsafe(data.at, `${data.label} moves to another folder of the URL`, 'A value of "." or ".." cannot be a path segment.');
}

function segmentCount(url: URL): number {
  return url.pathname.split('/').length;
}

function unsafe(at: number, message: string, hint?: string): Fault {
  return new Fault(at, () => ({ message, hint }), 'URL_UNSAFE');
}
