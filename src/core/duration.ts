/**
 * Formats a time: 0.4 -> "0.4 s", 75 -> "1 min 15 s", 3725 -> "1 h 2 min".
 *
 * The units are SI symbols, so Chinese text uses the same.
 * @param seconds at least 0
 */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  const minutes = Math.round(s / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * Formats an estimated time without digits that are not known: 0.4 -> "under 1 s", 4.2 -> "4 s", 75 -> "1 min 15 s".
 */
export function formatEstimate(seconds: number): string {
  if (seconds < 1) return "under 1 s";
  return seconds < 9.95 ? `${Math.round(seconds)} s` : formatDuration(seconds);
}
