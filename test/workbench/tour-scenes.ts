import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { readDemoScenario } from "../../src/demo/media";
import { parseScenario } from "../../src/demo/scenario";
import { tempFolder, tempRepo, type TempRepo } from "../support/temp-repo";
import type { ServeOptions } from "./serve";
import type { Workbench } from "./workbench";

/** What a scene shows: its window, and the steps a picture is taken of, by name. */
export interface Scene {
  readonly window: Omit<ServeOptions, "settings">;
  readonly scenario?: Awaited<ReturnType<typeof readDemoScenario>>;
  /** As a new user has it: no model is set. */
  readonly withoutModel?: boolean;
  readonly steps: (w: Workbench) => Readonly<Record<string, () => Promise<unknown>>>;
  readonly dispose: () => void;
}

/** Each state a window can be in before a run, and what a run tells by itself. */
export function scenes(): readonly (() => Scene)[] {
  return [
    () => inWindow(null, { "no-folder": "Open a folder that is a git repository" }),
    () => inFolder({}, { "no-repository": "not a git repository yet" }),
    () => inRepo(tempRepo(), { "no-commits": "no commit yet" }),
    () => inRepo(detached(), { detached: "HEAD is detached" }),
    noKey,
    untrusted,
    severalFolders,
    asking,
    approving,
  ];
}

const README = { "README.md": "# mine\n" };

function welcomes(w: Workbench, texts: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name,
      async () => {
        await w.openView("Braid");
        await sees(w, text);
      },
    ]),
  );
}

function inWindow(folder: string | null, texts: Readonly<Record<string, string>>, more: Partial<Scene> = {}): Scene {
  return {
    window: { folder },
    withoutModel: true,
    steps: (w) => welcomes(w, texts),
    dispose: () => undefined,
    ...more,
  };
}

function inFolder(files: Readonly<Record<string, string>>, texts: Readonly<Record<string, string>>): Scene {
  const folder = tempFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.dir, name), text);
  return inWindow(folder.dir, texts, { dispose: () => folder.dispose() });
}

function inRepo(repo: TempRepo, texts: Readonly<Record<string, string>>, more: Partial<Scene> = {}): Scene {
  return inWindow(repo.dir, texts, { dispose: () => repo.dispose(), ...more });
}

function detached(): TempRepo {
  const repo = tempRepo(README);
  repo.git("switch", "-q", "--detach");
  return repo;
}

function noKey(): Scene {
  return inRepo(
    tempRepo(README),
    {},
    {
      steps: (w) => ({
        ...welcomes(w, { "no-key": "Agents need a model." }),
        "key-asked": async () => {
          await w.runCommand("Braid: Set API Key");
          await w.page.locator(".quick-input-widget .quick-input-box input").waitFor();
        },
        "key-missing": async () => {
          await w.page.keyboard.press("Escape");
          await w.runCommand("Braid: Plan Goal…");
          await w.quickInput("Describe the parts");
          await toast(w, "There is no API key");
        },
      }),
    },
  );
}

function untrusted(): Scene {
  const repo = tempRepo(README);
  return {
    window: { folder: repo.dir, askForTrust: true },
    steps: (w) => ({
      "trust-asked": () => w.page.locator(".monaco-dialog-box").waitFor(),
      untrusted: async () => {
        await w.dialogButton("No, I don't trust the authors");
        await w.openView("Braid");
        await sees(w, "runs nothing in a folder you do not trust");
      },
      "untrusted-refusal": async () => {
        await w.runCommand("Braid: Plan Goal…");
        await w.quickInput("Describe the parts");
        await toast(w, "do not trust");
      },
    }),
    dispose: () => repo.dispose(),
  };
}

function severalFolders(): Scene {
  const folder = tempFolder();
  const [one, two] = [tempRepo(README), tempRepo(README)];
  const file = join(folder.dir, "both.code-workspace");
  writeFileSync(
    file,
    JSON.stringify({
      folders: [
        { path: one.dir, name: "server" },
        { path: two.dir, name: "site" },
      ],
    }),
  );
  return {
    window: { folder: file },
    steps: (w) => ({
      "several-folders": async () => {
        await w.openView("Braid");
        await sees(w, "Say what should be different");
      },
      "choose-folder": async () => {
        await w.runCommand("Braid: Choose Folder…");
        await w.quickPickLabels();
      },
    }),
    dispose: () => [folder, one, two].forEach((each) => each.dispose()),
  };
}

const ASKING = `rules:
  - when: { role: planner, turn: 1 }
    reply: [{ tool: ask, input: { question: Which part is to come first?, options: [printing, parsing], why: Both touch the same file. } }]
  - when: { role: planner }
    reply: [{ tool: submit_plan, input: { plan: { task: Parse and print, subtasks: [{ id: parsing }, { id: lasting }, { id: printing, dependencies: [parsing] }] } } }]
  - when: { subtask: parsing, turn: 1 }
    reply: [{ tool: ask, input: { question: "Tabs or spaces?", options: [tabs, spaces] } }]
  - when: { subtask: parsing, turn: 2 }
    reply: [{ tool: write, input: { file_path: parsing.md, content: "{{last_result}}" } }]
  - when: { subtask: lasting, turn: 1 }
    reply: [{ text: I wait for the suite. }, { tool: bash, input: { command: sleep 300 } }]
  - when: { turn: 1 }
    reply: [{ tool: write, input: { file_path: "{{subtask}}.md", content: x } }]
  - when: { turn: "2.." }
    reply: [{ tool: report, input: { summary: Done. } }]
`;

function asking(): Scene {
  const repo = tempRepo(README);
  return {
    window: { folder: repo.dir },
    scenario: parseScenario(ASKING, "asking.yml"),
    steps: (w) => ({
      question: async () => {
        await w.openView("Braid");
        await w.runCommand("Braid: Plan Goal…");
        await w.quickInput("Parse and print");
        await toast(w, "Which part is to come first?");
      },
      "question-pick": async () => {
        await w.notificationButton("Which part is to come first?", "Answer…");
        await w.quickPickLabels();
      },
      "worker-asks": async () => {
        await w.quickPick("parsing");
        await row(w, /^parsing, queued/u);
        await w.runCommand("Braid: Approve Plan");
        await row(w, /^parsing, needs input/u);
        await row(w, /^lasting, running/u);
        await w.page.waitForTimeout(1500);
      },
      "panel-asks": async () => {
        await w.runCommand("Notifications: Clear All Notifications");
        await w.runCommand("Braid: Open Review");
        await w.webviewFrame(async (frame) => (await frame.getByText("Tabs or spaces?").count()) > 0);
        await w.page.waitForTimeout(500);
      },
      "message-worker": async () => {
        await w.runCommand("Braid: Message Worker…");
        await w.page.locator(".quick-input-widget").waitFor();
      },
      paused: async () => {
        await w.page.keyboard.press("Escape");
        await w.runCommand("Braid: Pause Run");
        await w.page.waitForTimeout(1500);
      },
      "cancel-asked": async () => {
        await w.runCommand("Braid: Cancel Run");
        await w.page.locator(".monaco-dialog-box").waitFor();
      },
      cancelled: async () => {
        await w.dialogButton("Stop All Workers");
        await row(w, /^lasting, cancelled/u);
        await w.page.waitForTimeout(1000);
      },
    }),
    dispose: () => repo.dispose(),
  };
}

function approving(): Scene {
  const repo = tempRepo({
    ...README,
    ".gitignore": "made\n",
    ".cursor/worktrees.json": JSON.stringify({ "setup-worktree": ["npm ci", "npm run build -- --fast"] }),
  });
  return {
    window: { folder: repo.dir },
    steps: (w) => ({
      approval: async () => {
        await w.openView("Braid");
        await w.runCommand("Braid: Plan Goal…");
        await w.quickInput("Describe the parts");
        await row(w, /^handbook, queued/u);
        await w.runCommand("Braid: Approve Plan");
        await row(w, /^Waits for your word/u);
        await toast(w, "worktrees.json");
      },
      "approval-text": async () => {
        await w.runCommand("Braid: Allow or Deny Command…");
        await w.page.locator(".editor-group-container.active .view-lines").first().waitFor();
        await w.page.waitForTimeout(1000);
      },
      "approval-panel": async () => {
        await w.runCommand("Notifications: Clear All Notifications");
        await w.runCommand("Braid: Open Review");
        await w.webviewFrame(async (frame) => (await frame.getByText("npm run build").count()) > 0);
        await w.page.waitForTimeout(500);
      },
    }),
    dispose: () => repo.dispose(),
  };
}

function sees(w: Workbench, text: string): Promise<unknown> {
  return w.waitFor(text, async () => (await w.page.getByText(text, { exact: false }).count()) > 0, SHORT_MS);
}

async function toast(w: Workbench, text: string): Promise<void> {
  const seen = async () => (await w.notificationText()).some((told) => told.includes(text));
  await w.waitFor(`a notification: ${text}`, seen, SHORT_MS);
  // It slides in.
  await w.page.waitForTimeout(700);
}

function row(w: Workbench, words: RegExp): Promise<unknown> {
  return w.waitFor(
    `a row like ${words}`,
    async () => (await w.treeRows("Run").catch(() => [])).some(({ label }) => words.test(label)),
    SHORT_MS,
  );
}

/** A step that does not come about within this, in milliseconds, is named and passed over. */
const SHORT_MS = 30_000;
