/** How grave a diagnosis is. Only a `problem` keeps a run from starting. */
export type Level = "ok" | "note" | "warning" | "problem";

/** The way out. `text` says it in words; the rest is what a front end can do at a click. */
export interface Fix {
  /** One imperative sentence. */
  readonly text: string;
  /** A command line for the user's own terminal. */
  readonly line?: string;
  /** A setting of VS Code to look at. */
  readonly setting?: string;
  /** A command of VS Code that does it. */
  readonly action?: string;
}

/** One thing the doctor has to say. */
export interface Diagnosis {
  readonly level: Level;
  /** One sentence that names the thing and the place. */
  readonly message: string;
  /** Output worth reading in full, plain text. */
  readonly detail?: string;
  readonly fix?: Fix;
}

/** What came of one examination. */
export interface Examined {
  readonly id: string;
  readonly title: string;
  /** At least one, but for an examination that does not apply here. */
  readonly diagnoses: readonly Diagnosis[];
  readonly durationMs: number;
}

/** Gravest first. */
export const LEVELS: readonly Level[] = ["problem", "warning", "note", "ok"];

/** Nothing to do, in one sentence. */
export function ok(message: string): Diagnosis {
  return { level: "ok", message };
}

/** Something to know, with its way out where there is one. */
export function found(level: Exclude<Level, "ok">, message: string, fix?: Fix, detail?: string): Diagnosis {
  const more = detail === undefined || detail.trim() === "" ? {} : { detail: detail.trim() };
  return { level, message, ...(fix === undefined ? {} : { fix }), ...more };
}

/** The gravest of some diagnoses; "ok" where there are none. */
export function gravest(diagnoses: readonly Diagnosis[]): Level {
  return LEVELS.find((level) => diagnoses.some((each) => each.level === level)) ?? "ok";
}

/** Whether a run could start: nothing that was looked at keeps it from that. */
export function couldStart(examined: readonly Examined[]): boolean {
  return examined.every(({ diagnoses }) => gravest(diagnoses) !== "problem");
}

/** How many diagnoses there are of each level. */
export function countLevels(examined: readonly Examined[]): Readonly<Record<Level, number>> {
  const counts = { ok: 0, note: 0, warning: 0, problem: 0 };
  for (const { diagnoses } of examined) for (const { level } of diagnoses) counts[level] += 1;
  return counts;
}
