import { formatDuration } from '../errors/format-duration.js';
import { alignColumns } from './align-columns.js';
import type { BenchReport, ModeFigures } from './bench-figures.js';
import type { Paint } from './paint.js';

const heads = ['mode', 'median', 'fastest - slowest', 'speed-up', 'efficiency', 'moving data', 'over the bound'] as const;

/** The figures of a flow as a table and the bound they stand against. */
export function renderBench({ modes, bound, runs, cores, workers }: BenchReport, paint: Paint): string {
  const [head = '', ...body] = alignColumns([heads, ...modes.map(cells)]);
  const { boundMs, criticalPathMs, workMs } = bound;
  return [
    paint('bold', head),
    ...body,
    '',
    `The bound is ${formatDuration(boundMs)}: the longer of the critical path (${formatDuration(criticalPathMs)}) and ` +
      `${formatDuration(workMs)} of work shared by ${workers} ${workers === 1 ? 'worker' : 'workers'}.`,
    `${runs} ${runs === 1 ? 'run' : 'runs'} a mode in turns, on ${cores} ${cores === 1 ? 'core' : 'cores'}. Speed-up is against async, round by ` +
      'round; moving data is the share of the time in which the main thread encodes and decodes values.',
    '',
  ].join('\n');
}

function cells({ mode, medianMs, minMs, maxMs, speedUp, efficiency, movingShare, overBound }: ModeFigures): readonly string[] {
  return [
    mode,
    formatDuration(medianMs),
    `${formatDuration(minMs)} - ${formatDuration(maxMs)}`,
    `${speedUp.median.toFixed(2)} (${speedUp.min.toFixed(2)} - ${speedUp.max.toFixed(2)})`,
    percent(efficiency),
    percent(movingShare),
    Number.isFinite(overBound) ? `${overBound.toFixed(2)}x` : '-',
  ];
}

function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;
}
