/** Each pixel is the mean of nine samples, three across and three down. */
const grid = [1 / 6, 1 / 2, 5 / 6];
const samples = grid.length ** 2;

/** The RGB bytes of the rows from `from` up to, without, `to`. */
export default function render({ from, to }, { config: { width, height, iterations, view } }) {
  const step = view.width / width;
  const pixels = new Uint8Array((to - from) * width * 3);
  let at = 0;
  for (let row = from; row < to; row++) {
    for (let column = 0; column < width; column++) {
      const colour = [0, 0, 0];
      for (const down of grid) {
        for (const right of grid) {
          const x = view.x + (column + right - width / 2) * step;
          const y = view.y - (row + down - height / 2) * step;
          addColour(colour, escapeTime(x, y, iterations));
        }
      }
      for (const sum of colour) pixels[at++] = Math.round((sum / samples) * 255);
    }
  }
  return pixels;
}

/** How many steps it takes z² + c to run away, with a fraction to make colours smooth; -1 when it stays. */
function escapeTime(x, y, iterations) {
  let real = 0;
  let imaginary = 0;
  for (let step = 0; step < iterations; step++) {
    const realSquare = real * real;
    const imaginarySquare = imaginary * imaginary;
    if (realSquare + imaginarySquare > 256) return step - Math.log2(Math.log2(realSquare + imaginarySquare)) + 3;
    imaginary = 2 * real * imaginary + y;
    real = realSquare - imaginarySquare + x;
  }
  return -1;
}

function addColour(colour, time) {
  if (time < 0) return;
  const shade = Math.log(Math.max(1, time)) * 1.6;
  colour[0] += 0.5 + 0.5 * Math.cos(shade * 2 + 3.6);
  colour[1] += 0.5 + 0.5 * Math.cos(shade * 2 + 4.3);
  colour[2] += 0.5 + 0.5 * Math.cos(shade * 2 + 5.2);
}
