const colours = { short: '#4c78a8', medium: '#f58518', long: '#54a24b' };
const plot = { left: 52, right: 700, top: 48, bottom: 320 };
const fewest = 100;

/** An SVG: mean delay by hour, a line for each distance band with its confidence interval as a ribbon. */
export default function drawChart(rows) {
  const shown = rows.filter(({ flights }) => flights >= fewest);
  const scales = createScales(shown);
  const series = Object.keys(colours).map((distance) => drawSeries(distance, shown, scales));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 370" font-family="sans-serif" font-size="12" fill="#333">
<rect width="760" height="370" fill="#fff"/>
<text x="${plot.left}" y="22" font-size="16">Mean delay by hour of departure, in minutes</text>
${drawAxes(scales)}
${series.join('\n')}
</svg>
`;
}

function createScales(rows) {
  const highest = Math.ceil(Math.max(0, ...rows.map(({ meanHigh }) => meanHigh)) / 10) * 10;
  const lowest = Math.floor(Math.min(0, ...rows.map(({ meanLow }) => meanLow)) / 10) * 10;
  const span = Math.max(1, ...rows.map(({ hour }) => hoursSinceFive(hour)));
  const x = (hour) => plot.left + (hoursSinceFive(hour) / span) * (plot.right - plot.left);
  const y = (minutes) => plot.bottom - ((minutes - lowest) / (highest - lowest)) * (plot.bottom - plot.top);
  return { x, y, lowest, highest, span };
}

/** The day of an airport starts at five: flights after midnight are the late end of the day before. */
function hoursSinceFive(hour) {
  return (hour + 19) % 24;
}

function drawAxes({ x, y, lowest, highest, span }) {
  const minutes = Array.from({ length: (highest - lowest) / 10 + 1 }, (_, step) => lowest + step * 10);
  const hours = [5, 8, 11, 14, 17, 20, 23, 1].filter((hour) => hoursSinceFive(hour) <= span);
  const lines = minutes.map((value) => {
    const line = `<line x1="${plot.left}" x2="${plot.right}" y1="${y(value)}" y2="${y(value)}" stroke="${value === 0 ? '#888' : '#ddd'}"/>`;
    return `${line}<text x="${plot.left - 8}" y="${y(value) + 4}" text-anchor="end">${value}</text>`;
  });
  const labels = hours.map((hour) => `<text x="${x(hour)}" y="${plot.bottom + 22}" text-anchor="middle">${hour}:00</text>`);
  return [...lines, ...labels].join('\n');
}

function drawSeries(distance, rows, { x, y }) {
  const colour = colours[distance];
  const points = rows.filter((row) => row.distance === distance).sort((a, b) => x(a.hour) - x(b.hour));
  const path = (value) => points.map((row) => `${x(row.hour).toFixed(1)},${y(row[value]).toFixed(1)}`);
  const ribbon = [...path('meanHigh'), ...path('meanLow').reverse()].join(' ');
  const legend = plot.left + 12 + Object.keys(colours).indexOf(distance) * 90;
  return `<polygon points="${ribbon}" fill="${colour}" opacity="0.2"/>
<polyline points="${path('mean').join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>
<rect x="${legend}" y="${plot.top - 8}" width="12" height="12" fill="${colour}"/><text x="${legend + 18}" y="${plot.top + 2}">${distance}</text>`;
}
