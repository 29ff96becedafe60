import { FlowError } from '../../errors/flow-error.js';

/**
 * Bytes as text, without a byte order mark.
 * @param encoding a label that `TextDecoder` knows, @default "utf-8"
 * @throws FlowError PARSE_FAILED when the bytes are not of that encoding
 */
export function decodeText(bytes: Uint8Array, name: string, encoding = 'utf-8'): string {
  return createDecoder(name, encoding)(bytes, true);
}

/** The same for bytes that come in pieces, each of which may end within a character. */
export function createDecoder(name: string, encoding = 'utf-8'): (bytes: Uint8Array, isLast: boolean) => string {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  return (bytes, isLast) => {
    try {
      decoder ??= new TextDecoder(encoding, { fatal: true });
      return decoder.decode(bytes, { stream: !isLast });
    } catch (cause) {
      throw new FlowError('PARSE_FAILED', `${name} is not text in ${encoding}.`, {
        cause,
        hint: 'Name another `encoding`, such as windows-1252, or use format="binary".',
      });
    }
  };
}
