import { parseDocument } from "yaml";
import { tooDeepAt } from "../plan/yaml-depth";
import { Amendment } from "./amendment";

/** An amendment somebody wrote, or what is wrong with it, a line each. */
export type AmendmentFile =
  | { readonly ok: true; readonly amendment: Amendment }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Problems that are named at once. */
const MAX_PROBLEMS = 20;

/** Reads an amendment from YAML (JSON is YAML): `reason`, and any of `add`, `drop`, `change`, `sequential`. Never throws. */
export function readAmendment(text: string): AmendmentFile {
  if (tooDeepAt(text) !== undefined) return refused(["Nested too deeply."]);
  try {
    const document = parseDocument(text, { logLevel: "error" });
    if (document.errors.length > 0) return refused(document.errors.map((error) => error.message));
    const parsed = Amendment.safeParse(document.toJS({ maxAliasCount: 100 }));
    return parsed.success
      ? { ok: true, amendment: parsed.data }
      : refused(parsed.error.issues.map((issue) => `${issue.path.join(".") || "amendment"}: ${issue.message}`));
  } catch (error) {
    // Aliases that expand without end, which the library only notices now.
    return refused([error instanceof Error ? error.message : String(error)]);
  }
}

function refused(problems: readonly string[]): AmendmentFile {
  return { ok: false, problems: problems.slice(0, MAX_PROBLEMS) };
}
