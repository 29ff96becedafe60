/** Fewer digits always fit into a number. */
const fewest = 16;
const pieceLength = 1 << 16;

/** A piece of text and the end of the one before: by bytes, since asking a text for its characters one by one takes five times as long. */
const bytes = Buffer.from(new ArrayBuffer(pieceLength + 64));
/** The same, four characters at a time. */
const words = new Uint32Array(bytes.buffer);

/** By code, whether it may stand before a number. */
const standsBefore = new Uint8Array(256);
for (const character of ' \t\r\n,:[-') standsBefore[character.charCodeAt(0)] = 1;

/** Finds where whole numbers of many digits begin in JSON text that comes in pieces: also in texts in quotes, but not at their beginning, nor behind a point. */
export class LongRunSearch {
  /** The end of what was searched, where a run may go on. */
  #tail = '\n';

  /** Whether there is one in this text or across its beginning. With the first one the search is over. */
  search(text: string): boolean {
    for (let from = 0; from < text.length; from += pieceLength) {
      if (this.#searchPiece(text.slice(from, from + pieceLength))) return true;
    }
    return false;
  }

  #searchPiece(piece: string): boolean {
    const start = bytes.write(this.#tail, 'latin1');
    // A character that is no byte becomes another one; digits of a number and what stands before them stay what they are.
    const length = start + bytes.write(piece, start, 'latin1');
    bytes.fill(0, length, length + 4);
    this.#tail = (this.#tail + piece.slice(-fewest)).slice(-fewest);
    return hasLongRun(Math.ceil(length / 4));
  }
}

/** Sixteen digits fill three words in a row, one of which is met by looking at every third. */
function hasLongRun(wordCount: number): boolean {
  let at = 2;
  while (at < wordCount) {
    let end = at;
    while (end < wordCount && isFourDigits(words[end])) end++;
    if (end > at) {
      let first = at;
      while (first > 0 && isFourDigits(words[first - 1])) first--;
      if (end - first >= 3 && isLongRun(4 * first, 4 * end)) return true;
    }
    // Behind the end, so that a run of millions is walked along once.
    at = end + 3;
  }
  return false;
}

/** Digits from `from` to `to`, and up to three more on either side. */
function isLongRun(from: number, to: number): boolean {
  let start = from;
  while (start > 0 && isDigit(bytes[start - 1])) start--;
  if (start === 0 || standsBefore[bytes[start - 1] ?? 0] === 0) return false;
  let end = to;
  while (isDigit(bytes[end])) end++;
  return end - start >= fewest;
}

function isFourDigits(word = 0): boolean {
  // 0x30 to 0x39: the upper half of each byte is 3, and still is with 6 more.
  return ((word & 0xf0f0f0f0) ^ 0x30303030) === 0 && (((word + 0x06060606) & 0xf0f0f0f0) ^ 0x30303030) === 0;
}

/** Of a character or byte by its code. */
export function isDigit(code = 0): boolean {
  return code >= 0x30 && code <= 0x39;
}
