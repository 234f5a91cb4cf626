const units: Record<string, number> = { h: 60, m: 1, s: 1 / 60 };

/** Reads a duration in Go's notation ("1h30m") as minutes; null when it is none. */
export function minutesOf(text: string): number | null {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([hms])/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== text.trim()) return null;
  return parts.reduce((sum, [, value, unit]) => sum + Number(value) * (units[unit as string] ?? 0), 0);
}

/** Writes minutes as a duration. */
export const durationOf = (minutes: number) => `${Math.round(minutes)}m`;
