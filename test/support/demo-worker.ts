import type Anthropic from "@anthropic-ai/sdk";
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";

/** What a worker of a scenario did when it was really let loose on a folder. */
export interface WorkerRun {
  readonly outcome: "done" | "gave up";
  /** Output of every red check, in order. */
  readonly red: readonly string[];
  /** Files it wrote or edited, in order. */
  readonly changed: readonly string[];
  /** Input of the last report, or of `submit_plan`. */
  readonly answer: unknown;
}

/** Red reports before an attempt fails; the same number as in src/agent/report.ts. */
const MAX_REFUSALS = 3;

/** The shortest agent that can follow a scenario: real SDK, real files, real commands, no sandbox. */
export async function runWorker(options: {
  readonly client: Anthropic;
  readonly dir: string;
  readonly role: string;
  readonly assignment: string;
  readonly verify: readonly string[];
}): Promise<WorkerRun> {
  const { client, dir, role, assignment, verify } = options;
  const messages: Anthropic.MessageParam[] = [{ role: "user", content: assignment }];
  const red: string[] = [];
  const changed: string[] = [];
  for (let turn = 1; turn <= 20; turn += 1) {
    const stream = client.messages.stream({
      model: "claude-sonnet-5-5",
      max_tokens: 16_000,
      system: `You are the ${role} in a Braid run.`,
      tools: TOOLS,
      messages,
    });
    const message = await stream.finalMessage();
    if (message.stop_reason !== "tool_use") throw new Error(`Turn ${turn} of ${assignment} ended in text.`);
    messages.push({ role: "assistant", content: message.content });
    const results: Anthropic.ToolResultBlockParam[] = [];
    for (const call of message.content) {
      if (call.type !== "tool_use") continue;
      const answer = (content: string, isError = false) =>
        void results.push({ type: "tool_result", tool_use_id: call.id, content, is_error: isError });
      if (call.name === "submit_plan") return { outcome: "done", red, changed, answer: call.input };
      if (call.name !== "report") {
        answer(await runTool(dir, call, changed));
        continue;
      }
      const failed = await firstRed(dir, verify);
      if (failed === undefined) return { outcome: "done", red, changed, answer: call.input };
      red.push(failed);
      if (red.length >= MAX_REFUSALS) return { outcome: "gave up", red, changed, answer: call.input };
      answer(`Not done yet: ${failed}`, true);
    }
    messages.push({ role: "user", content: results });
  }
  throw new Error(`No report within 20 turns: ${assignment}`);
}

/** Runs one command; its exit code and what it wrote. */
export async function sh(dir: string, command: string): Promise<{ readonly code: number; readonly output: string }> {
  try {
    const { stdout, stderr } = await promisify(execFile)("sh", ["-c", command], { cwd: dir });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = Failed.parse(error);
    return { code, output: stdout + stderr };
  }
}

const Failed = z.object({ code: z.int(), stdout: z.string(), stderr: z.string() });

const TOOLS: Anthropic.Tool[] = ["read", "write", "edit", "glob", "grep", "bash", "report", "submit_plan"].map(
  (name) => ({
    name,
    input_schema: { type: "object" },
  }),
);

const Path = z.object({ file_path: z.string() });

async function runTool(dir: string, call: Anthropic.ToolUseBlock, changed: string[]): Promise<string> {
  switch (call.name) {
    case "read":
      return readFile(join(dir, Path.parse(call.input).file_path), "utf8");
    case "write": {
      const { file_path: path, content } = Path.extend({ content: z.string() }).parse(call.input);
      await mkdir(dirname(join(dir, path)), { recursive: true });
      await writeFile(join(dir, path), content);
      changed.push(path);
      return "Written.";
    }
    case "edit": {
      const { file_path: path, ...edit } = Path.extend({ old_string: z.string(), new_string: z.string() }).parse(
        call.input,
      );
      const parts = (await readFile(join(dir, path), "utf8")).split(edit.old_string);
      if (parts.length !== 2) throw new Error(`${path}: ${parts.length - 1} matches for ${edit.old_string}`);
      await writeFile(join(dir, path), parts.join(edit.new_string));
      changed.push(path);
      return "Edited.";
    }
    case "glob":
      return (await sh(dir, "git ls-files")).output;
    case "grep": {
      const { pattern } = z.object({ pattern: z.string() }).parse(call.input);
      const { code, output } = await sh(dir, `git grep -nE '${pattern}'`);
      if (code !== 0) throw new Error(`grep ${pattern} finds nothing`);
      return output;
    }
    case "bash": {
      const { code, output } = await sh(dir, z.object({ command: z.string() }).parse(call.input).command);
      if (code !== 0) throw new Error(`A command of the scenario failed:\n${output}`);
      return output;
    }
    default:
      throw new Error(`The scenario calls ${call.name}.`);
  }
}

async function firstRed(dir: string, verify: readonly string[]): Promise<string | undefined> {
  for (const command of verify) {
    const { code, output } = await sh(dir, command);
    if (code !== 0) return output;
  }
  return undefined;
}
