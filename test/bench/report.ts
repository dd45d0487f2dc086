import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { ROOT } from "../workbench/root";

/** One figure of a benchmark, measured several times. */
export interface Figure {
  readonly name: string;
  readonly unit: "ms" | "s" | "µs" | "×" | "kB" | "MB" | "1/s" | "";
  /** What it is held against: not above it, or not below it where more is better. */
  readonly limit?: number;
  readonly moreIsBetter?: boolean;
  readonly values: readonly number[];
}

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

/** Whether a figure keeps its limit; undefined where it has none. */
export function isReached({ limit, moreIsBetter = false, values }: Figure): boolean | undefined {
  if (limit === undefined) return undefined;
  return moreIsBetter ? median(values) >= limit : median(values) <= limit;
}

/** Whether there is little time: fewer rounds, and what is measured is smaller. */
export function isQuick(): boolean {
  return process.env["BRAID_BENCH"] === "quick";
}

/** How many rounds: five, or what the full count asks for. */
export function rounds(full: number): number {
  return isQuick() ? 5 : Math.max(5, full);
}

/**
 * The rounds of a benchmark: `full`, or where there is little time five, and of those only as many as BRAID_BENCH_SECONDS of this
 * process still has room for, going by what the first ones took; what is measured after them has the rest, where they have only a
 * `share`. There is always one.
 */
export function* inTime(full: number, share = 1): Generator<number, void, undefined> {
  const most = rounds(full);
  const limit = isQuick() ? Number(process.env["BRAID_BENCH_SECONDS"] ?? Infinity) * 1_000 * share : Infinity;
  const began = performance.now();
  for (let round = 0; round < most; round += 1) {
    const each = (performance.now() - began) / Math.max(1, round);
    if (round > 0 && performance.now() + each > limit) {
      process.stdout.write(`${round} of ${most} rounds: there is no time for more.\n`);
      return;
    }
    yield round;
  }
}

/** Prints figures as a table and writes them to `dist/bench/NAME.json`. */
export function report(name: string, question: string, figures: readonly Figure[]): void {
  const cells = figures.map((figure) => [
    figure.name,
    `${say(median(figure.values))} ${figure.unit}`.trim(),
    `${say(Math.min(...figure.values))} – ${say(Math.max(...figure.values))}`,
    figure.limit === undefined ? "" : `${figure.moreIsBetter === true ? "≥" : "≤"} ${say(figure.limit)}`,
    { true: "reached", false: "missed", undefined: "" }[String(isReached(figure))] ?? "",
  ]);
  const head = [question, "median", "spread", "limit", ""];
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i]?.length ?? 0)));
  const lines = [head, ...cells].map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  "));
  process.stdout.write(`${lines.map((line) => line.trimEnd()).join("\n")}\n\n`);
  const folder = join(ROOT, "dist/bench");
  mkdirSync(folder, { recursive: true });
  const machine = {
    cpu: cpus()[0]?.model ?? "",
    cpus: cpus().length,
    node: process.version,
    at: new Date().toISOString(),
  };
  const rows = figures.map((figure) => ({
    ...figure,
    median: median(figure.values),
    reached: isReached(figure) ?? null,
  }));
  writeFileSync(
    join(folder, `${name}.json`),
    `${JSON.stringify({ name, question, machine, figures: rows }, null, 2)}\n`,
  );
}

function say(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value.toFixed(value >= 10 ? 1 : 2).replace(/\.?0+$/u, "");
}
