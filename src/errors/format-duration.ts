/** A duration in milliseconds for people: `850ms`, `4.2s`, `2m05s`, `1h02m`. */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (Math.round(ms) < 1000) return `${Math.round(ms)}ms`;
  if (Math.round(ms / 100) < 600) return `${(ms / 1000).toFixed(1)}s`;
  return formatSeconds(ms);
}

/** The same in whole seconds, for figures that change while one looks: `0s`, `12s`, `2m05s`, `1h02m`. */
export function formatSeconds(durationMs: number): string {
  const seconds = Math.round(Math.max(0, durationMs) / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${padded(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h${padded(minutes % 60)}m`;
}

function padded(amount: number): string {
  return String(amount).padStart(2, '0');
}
