/** A duration in milliseconds, or from a second on in seconds. */
export const formatDuration = (milliseconds: number): string =>
  milliseconds < 999.5 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
