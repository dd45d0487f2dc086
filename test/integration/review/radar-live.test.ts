import { deepEqual, equal } from "node:assert/strict";
import { overlapsNow } from "../../../src/core/review/radar";
import { Plan } from "../../../src/core/plan/plan";
import { subtasksOf } from "../../../src/core/state/view";
import { NO_USAGE } from "../../../src/core/usage";
import type { Model, ModelReply } from "../../../src/model/model";
import { Run } from "../../../src/run/run";
import { portsFor } from "../../support/scripted-worker";
import { tempFolder, tempRepo, type TempRepo } from "../../support/temp-repo";

const LINES = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`);
const text = (line: number, words: string) => `${LINES.with(line - 1, words).join("\n")}\n`;

/** A worker that does as it is told, step by step: a file to write, or nothing more to do. */
type Step = { readonly path: string; readonly content: string } | "report";

describe("overlaps of workers at work", function () {
  this.timeout(60_000);
  let repo: TempRepo;
  let trees: ReturnType<typeof tempFolder>;
  let run: Run;
  const waiting = new Map<string, (step: Step) => void>();
  let onAsk: (() => void) | undefined;

  const model: Model = {
    async respond({ messages }, { signal }) {
      const [, subtask = ""] = /Subtask: (\S+)/u.exec(JSON.stringify(messages[0])) ?? [];
      const step = await new Promise<Step>((resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("stopped")));
        waiting.set(subtask, resolve);
        onAsk?.();
      });
      const reply = (content: Extract<ModelReply, { kind: "message" }>["content"]): ModelReply => ({
        kind: "message",
        content,
        stopReason: step === "report" ? "end_turn" : "tool_use",
        usage: NO_USAGE,
        model: "m",
        durationMs: 1,
      });
      if (step === "report") return reply([{ type: "text", text: "Done." }]);
      const input = { file_path: step.path, content: step.content };
      return reply([{ type: "tool_use", id: `t${messages.length}`, name: "write", input }]);
    },
  };

  /** Gives a worker its next step, and waits until it asks for the one after, or has ended. */
  async function tell(subtask: string, step: Step): Promise<void> {
    await until(() => waiting.has(subtask));
    const go = waiting.get(subtask);
    waiting.delete(subtask);
    go?.(step);
    await until(() => waiting.has(subtask) || !["running", "asks"].includes(view(subtask)?.status ?? ""));
  }
  async function until(holds: () => boolean): Promise<void> {
    while (!holds())
      await new Promise<void>((resolve) => {
        const listening = run.onDidRecord(() => (listening.dispose(), resolve()));
        onAsk = () => (listening.dispose(), resolve());
      });
  }
  const view = (id: string) => subtasksOf(run.view).find((s) => s.id === id);
  const found = () =>
    overlapsNow(run.state()).map(({ a, b, kind, files }) => `${[a, b].toSorted().join("+")} ${kind} ${files.join()}`);

  beforeEach(async () => {
    repo = tempRepo({ "file.txt": `${LINES.join("\n")}\n` });
    trees = tempFolder();
    waiting.clear();
    run = await Run.create(await portsFor(repo.dir, trees.dir, model), "g", { concurrency: 3, attempts: 1 });
    await run.approve(Plan.parse({ task: "t", subtasks: [{ id: "a" }, { id: "b" }, { id: "c" }] }));
  });
  afterEach(async () => {
    await run.close();
    repo.dispose();
    trees.dispose();
  });

  it("are told as they come, change and go, and pass over to the results", async () => {
    await tell("a", { path: "file.txt", content: text(3, "A") });
    await tell("c", { path: "c.txt", content: "c\n" });
    deepEqual(found(), []);
    await tell("b", { path: "file.txt", content: text(25, "far") });
    await until(() => found().length > 0);
    deepEqual(found(), ["a+b same files file.txt"]);
    deepEqual([view("a")?.reason, view("a")?.overlaps.map((each) => each.with)], [null, ["b"]]);
    await tell("b", { path: "file.txt", content: text(3, "B") });
    await until(() => found().includes("a+b conflict file.txt"));
    equal(view("a")?.reason, "conflicts with b in file.txt");
    equal(view("b")?.reason, "conflicts with a in file.txt");
    // One is done, and waits; the other still works.
    await tell("a", "report");
    await until(() => view("a")?.status === "review" && found().length > 0);
    deepEqual(found(), ["a+b conflict file.txt"]);
    await tell("b", { path: "file.txt", content: `${LINES.join("\n")}\n` });
    await until(() => found().length === 0);
    equal(view("a")?.reason, null);
    await tell("b", { path: "file.txt", content: text(3, "B again") });
    await until(() => found().length > 0);
    await tell("b", "report");
    await until(() => view("b")?.status === "review" && found().length > 0);
    deepEqual(found(), ["a+b conflict file.txt"]);
    await tell("c", "report");
  });

  it("are looked for no more once the run is stopped", async () => {
    await tell("a", { path: "file.txt", content: text(3, "A") });
    await tell("b", { path: "file.txt", content: text(3, "B") });
    await until(() => found().length > 0);
    await tell("c", { path: "file.txt", content: text(3, "C") });
    await until(() => found().length === 3);
    const said: string[] = [];
    run.onDidRecord(({ event }) => said.push(event.type));
    await run.cancel();
    equal(said.filter((type) => type === "subtask.failed").length, 3, "what each did is kept");
    deepEqual(
      said.filter((type) => type.startsWith("overlap")),
      [],
    );
  });
});
