import { findingPath, type PlacedFinding } from "../findings";
import { Plan } from "./plan";
import { describeFinding } from "../report";

/** A plan that has workers mend findings: one subtask per file, the findings in its description. Those without a file of the repository are left out. */
export function planToFix(findings: readonly PlacedFinding[]): Plan | undefined {
  const files = new Map<string, PlacedFinding[]>();
  for (const finding of findings) {
    const path = findingPath(finding.file);
    if (path !== undefined) files.set(path, [...(files.get(path) ?? []), finding]);
  }
  if (files.size === 0) return undefined;
  const count = [...files.values()].flat().length;
  return Plan.parse({
    task: count === 1 ? `Mend what was found in ${[...files.keys()].join()}` : `Mend ${count} findings`,
    subtasks: [...files].slice(0, MAX_FILES).map(([path, own], i) => ({
      id: files.size === 1 ? "fix" : `fix-${i + 1}`,
      agent: "implementer",
      description: [
        `A reviewer found this in ${path}. Look at the place first: where it is right, mend it and nothing else; where it is wrong, say so in your report.`,
        ...own.map(
          ({ line, fix, severity, message }) =>
            `- ${describeFinding({ file: path, severity, message, ...(line === null ? {} : { line }), ...(fix === null ? {} : { fix }) })}`,
        ),
      ].join("\n"),
      files: [path],
      estimated_time: "15min",
    })),
  });
}

/** Most files of one plan; what is beyond waits for the next. */
const MAX_FILES = 50;
