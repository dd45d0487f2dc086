import { deepEqual } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The faults of the research's list, and the invariants that hold through them; see `research/security-and-faults.md` §2.4. */
const IDS = [
  ...Array.from({ length: 45 }, (_, i) => `F${String(i + 1).padStart(2, "0")}`),
  ...Array.from({ length: 8 }, (_, i) => `I${i + 1}`),
];

it("every fault F01–F45 and every invariant I1–I8 is named by a test", () => {
  const files = readdirSync("test", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".test.ts"));
  const named = files.filter((file) => !file.endsWith("ids.test.ts")).flatMap((file) => namesIn(join("test", file)));
  deepEqual(
    IDS.filter((id) => !named.some((name) => names(name, id))),
    [],
  );
});

/** What stands in quotes: titles, rows of tables, what an assertion is about. */
function namesIn(file: string): readonly string[] {
  return [...readFileSync(file, "utf8").matchAll(/(["`])((?:\\.|(?!\1)[^\\\n])*)\1/gu)].map(([, , text]) => text ?? "");
}

/** `I1–I5` names all of them. */
function names(text: string, id: string): boolean {
  if (new RegExp(`\\b${id}\\b`, "u").test(text)) return true;
  const [letter, number] = [id.slice(0, 1), Number(id.slice(1))];
  return [...text.matchAll(/\b([FI])(\d+)–\1(\d+)\b/gu)].some(
    ([, kind, from, to]) => kind === letter && Number(from) <= number && number <= Number(to),
  );
}
