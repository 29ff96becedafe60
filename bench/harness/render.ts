import type { Check, Goal, Row } from './benchmark.js';

const heads = ['benchmark', 'what', 'goal', 'measured (min - max)', 'holds'] as const;

/** The table of all rows, and below it the notes. */
export function renderTable(rows: readonly Row[]): string {
  const lines = [heads, ...rows.flatMap(renderCells)];
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const table = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  table.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  const notes = rows.filter((row) => row.notes.length > 0).map((row) => renderNotes(row));
  return `${table.join('\n')}\n\n${notes.join('\n')}\n`;
}

/** One row by itself. */
export function renderRow(row: Row): string {
  return renderTable([row]);
}

function renderCells({ name, what, checks, verdict }: Row): string[][] {
  if (checks.length === 0) return [[name, what, '', 'not measured', 'no']];
  return checks.map((check, position) => {
    const { label, goal, holds, side } = check;
    const subject = label === undefined ? what : position === 0 ? `${what}: ${label}` : `  ${label}`;
    const decided = side === 'undecided' ? side : holds ? 'yes' : 'no';
    const answer = verdict === 'none' || goal === 'none' ? '-' : decided;
    return [position === 0 ? name : '', subject, renderGoal(goal), renderValue(check), answer];
  });
}

function renderNotes({ name, notes, verdict }: Row): string {
  const mark = verdict === 'falls short' || verdict === 'unmeasured' ? ' (falls short)' : '';
  return `${name}${mark}: ${notes.join('; ')}`;
}

function renderGoal(goal: Goal): string {
  if (goal === 'none') return '-';
  return 'atMost' in goal ? `<= ${goal.atMost}x` : `>= ${goal.atLeast}x`;
}

function renderValue({ value: { median, min, max } }: Check): string {
  return `${figure(median)}x (${figure(min)} - ${figure(max)})`;
}

function figure(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(value < 0.1 ? 3 : 2);
}
