import { crc32, inflateSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { ExampleFolder, modes } from './example-folder.js';

const size = { width: 72, height: 48 };
const view = { x: -0.5, y: 0, width: 3.2 };
const example = new ExampleFolder('4-mandelbrot');
afterAll(() => example.remove());

describe.each(modes)('4-mandelbrot, mode %s', async (mode) => {
  const { exitCode, output } = await example.run(mode, { ...size, view, bands: 7, iterations: 300 });
  const file = example.readBytes('out/mandelbrot.png');
  const picture = decodePng(file);

  it('writes a PNG of the size asked for', () => {
    expect({ exitCode, output }).toEqual({
      exitCode: 0,
      output: { picture: 'out/mandelbrot.png', bytes: file.length, bands: 7 },
    });
    expect(picture).toMatchObject(size);
  });

  it('leaves what is surely in the set black, and nothing that is surely not', () => {
    const judged = { inside: 0, outside: 0 };
    for (let row = 0; row < size.height; row++) {
      for (let column = 0; column < size.width; column++) {
        const place = placeOf(row, column);
        if (place === 'edge') continue;
        judged[place] += 1;
        expect({ row, column, isBlack: picture.brightness(row, column) === 0 }).toMatchObject({ isBlack: place === 'inside' });
      }
    }
    expect(judged.inside).toBeGreaterThan(300);
    expect(judged.outside).toBeGreaterThan(600);
  });

  it('is the same picture in one band', async () => {
    await example.run(mode, { ...size, view, bands: 1, iterations: 300 });
    expect(example.readBytes('out/mandelbrot.png').equals(file)).toBe(true);
  });
});

/** By the formulas for the two largest parts of the set, and a circle that holds all of it; the edge is a pixel wide. */
function placeOf(row: number, column: number): 'inside' | 'outside' | 'edge' {
  const step = view.width / size.width;
  const x = view.x + (column + 0.5 - size.width / 2) * step;
  const y = view.y - (row + 0.5 - size.height / 2) * step;
  if (Math.hypot(x, y) > 2 + step || x > 0.6) return 'outside';
  const q = (x - 0.25) ** 2 + y ** 2;
  const isCardioid = q * (q + (x - 0.25)) <= 0.25 * y ** 2 - 2 * step * step;
  const isDisc = Math.hypot(x + 1, y) <= 0.25 - step;
  const isWellInside = Math.hypot(x + 0.1, y) < 0.45;
  return (isCardioid && isWellInside) || isDisc ? 'inside' : Math.hypot(x + 0.5, y) > 1.6 ? 'outside' : 'edge';
}

interface Picture {
  readonly width: number;
  readonly height: number;
  /** Sum of the three colours. */
  brightness(row: number, column: number): number;
}

/** Checks every checksum on the way. */
function decodePng(file: Buffer): Picture {
  expect(file.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const framed = file.subarray(at + 4, at + 8 + length);
    expect(file.readUInt32BE(at + 8 + length)).toBe(crc32(framed));
    chunks.set(framed.toString('latin1', 0, 4), framed.subarray(4));
    at += length + 12;
  }
  expect([...chunks.keys()]).toEqual(['IHDR', 'IDAT', 'IEND']);
  const header = chunks.get('IHDR') as Buffer;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const pixels = unfilter(inflateSync(chunks.get('IDAT') as Buffer), width * 3);
  const brightness = (row: number, column: number) => {
    const at = (row * width + column) * 3;
    return pixels.subarray(at, at + 3).reduce((a, b) => a + b);
  };
  return { width, height, brightness };
}

function unfilter(scanlines: Buffer, rowBytes: number): Uint8Array {
  const rows = scanlines.length / (rowBytes + 1);
  const pixels = new Uint8Array(rows * rowBytes);
  for (let row = 0; row < rows; row++) {
    expect(scanlines[row * (rowBytes + 1)]).toBe(1);
    for (let index = 0; index < rowBytes; index++) {
      const at = row * rowBytes + index;
      pixels[at] = (scanlines[row * (rowBytes + 1) + 1 + index] ?? 0) + (index < 3 ? 0 : (pixels[at - 3] ?? 0));
    }
  }
  return pixels;
}
