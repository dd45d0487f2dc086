const UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** Bytes as people read them: `812 B`, `3.4 MB`, `12 GB`; a thousand to the next unit. */
export function sizeText(bytes: number): string {
  let [value, unit] = [Math.max(0, bytes), 0];
  while (value >= 999.5 && unit < UNITS.length - 1) [value, unit] = [value / 1000, unit + 1];
  const digits = unit > 0 && value < 9.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? ""}`;
}

/** A size as a user writes it (`500MB`, `2 GB`, `1.5g`), in bytes; undefined for other words. */
export function parseSize(text: string): number | undefined {
  const [, number, unit = ""] = /^(\d{1,12}(?:\.\d{1,3})?)\s*([kmgt]?)b?$/iu.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  return Math.round(Number(number) * 1000 ** (unit === "" ? 0 : "kmgt".indexOf(unit.toLowerCase()) + 1));
}
