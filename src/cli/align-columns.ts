/** Rows as lines whose cells begin in the same columns. `paint` colours a cell once it is as wide as its column. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  paint: (cell: string, column: number, row: number) => string = (cell) => cell,
): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows.map((row, at) =>
    row
      .map((cell, column) => paint(cell.padEnd(widths[column] ?? 0), column, at))
      .join('  ')
      .trimEnd(),
  );
}
