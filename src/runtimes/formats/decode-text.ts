import { constants } from 'node:buffer';
import { FlowError } from '../../errors/flow-error.js';

/** No encoding takes more bytes for a unit of a string. Of more than 2 GiB Node's decoder gives nothing, and no error. */
const mostBytes = 3 * constants.MAX_STRING_LENGTH;

/**
 * Bytes as text, without a byte order mark.
 * @param encoding a label that `TextDecoder` knows, @default "utf-8"
 * @throws FlowError PARSE_FAILED when the bytes are not of that encoding, DATA_TOO_LARGE when they make no string that Node can hold
 */
export function decodeText(bytes: Uint8Array, name: string, encoding = 'utf-8'): string {
  return createDecoder(name, encoding)(bytes, true);
}

/** The same for bytes that come in pieces, each of which may end within a character. */
export function createDecoder(name: string, encoding = 'utf-8'): (bytes: Uint8Array, isLast: boolean) => string {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  return (bytes, isLast) => {
    if (bytes.byteLength > mostBytes) throw tooLong(name, undefined);
    try {
      decoder ??= new TextDecoder(encoding, { fatal: true });
      return decoder.decode(bytes, { stream: !isLast });
    } catch (cause) {
      if (bytes.byteLength > constants.MAX_STRING_LENGTH) throw tooLong(name, cause);
      throw new FlowError('PARSE_FAILED', `${name} is not text in ${encoding}.`, {
        cause,
        hint: 'Name another `encoding`, such as windows-1252, or use format="binary".',
      });
    }
  };
}

/** The error for text that Node cannot hold in one string. */
export function tooLong(name: string, cause: unknown): FlowError {
  const most = Math.floor(constants.MAX_STRING_LENGTH / 2 ** 20);
  return new FlowError('DATA_TOO_LARGE', `${name} is too long for one text, which holds about ${most} million characters.`, {
    cause,
    hint: 'Read and write it in pieces, or as bytes with format="binary".',
  });
}
