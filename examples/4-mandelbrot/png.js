import { deflateSync } from 'node:zlib';

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const eightBitRgb = [8, 2, 0, 0, 0];

/** Bands of RGB bytes, top to bottom, as one PNG file. */
export default function toPng(bands, { options: { width, height } }) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set(eightBitRgb, 8);
  const scanlines = filterRows(Buffer.concat(bands), width * 3);
  const parts = [signature, chunk('IHDR', header), chunk('IDAT', deflateSync(scanlines)), chunk('IEND', Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat(parts));
}

/** PNG filter 1, "Sub": each byte becomes the difference to the pixel on its left, which deflates better. */
function filterRows(pixels, rowBytes) {
  const rows = pixels.length / rowBytes;
  const filtered = Buffer.alloc(pixels.length + rows);
  for (let row = 0; row < rows; row++) {
    const start = row * rowBytes;
    filtered[start + row] = 1;
    for (let index = 0; index < rowBytes; index++) {
      const left = index < 3 ? 0 : pixels[start + index - 3];
      filtered[start + row + 1 + index] = pixels[start + index] - left;
    }
  }
  return filtered;
}

function chunk(type, content) {
  const framed = Buffer.alloc(content.length + 12);
  framed.writeUInt32BE(content.length, 0);
  framed.write(type, 4, 'latin1');
  framed.set(content, 8);
  framed.writeUInt32BE(crc(framed.subarray(4, -4)), content.length + 8);
  return framed;
}

/** CRC-32 as PNG wants it. */
function crc(bytes) {
  let value = ~0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return ~value >>> 0;
}
