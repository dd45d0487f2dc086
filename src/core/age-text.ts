const STEPS: readonly (readonly [unit: string, ms: number])[] = [
  ["year", 365 * 86_400_000],
  ["month", 30 * 86_400_000],
  ["week", 7 * 86_400_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** How long ago something was, in the largest unit it fills: `3 weeks ago`; `just now` within a minute. */
export function ageText(ms: number): string {
  const step = STEPS.find(([, size]) => ms >= size);
  if (step === undefined) return "just now";
  const count = Math.floor(ms / step[1]);
  return `${count} ${step[0]}${count === 1 ? "" : "s"} ago`;
}

const UNITS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** An age as a user writes it (`14d`, `12h`, `2w`, `90m`; `0` for any), in milliseconds; undefined for other words. */
export function parseAge(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([mhdw]?)$/u.exec(text.trim()) ?? [];
  if (count === undefined || (unit === "" && Number(count) !== 0)) return undefined;
  return Number(count) * (UNITS[unit ?? ""] ?? 0);
}
