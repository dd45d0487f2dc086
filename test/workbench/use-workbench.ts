import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Scenario } from "../../src/demo/scenario";
import { readDemoScenario } from "../../src/demo/media";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { tempRepo, type TempRepo } from "../support/temp-repo";
import type { Settings } from "./profile";
import { serveWorkbench, type ServedWorkbench } from "./serve";
import { SCREENSHOTS } from "./walk";
import { Workbench } from "./workbench";

/** What a workbench under test begins with. */
export interface GivenWorkbench {
  /** Committed before anything starts. */
  readonly files?: Readonly<Record<string, string>>;
  /** Called on the repository before the workbench opens. */
  readonly prepare?: (repo: TempRepo) => void;
  /** What the model plays; plans for any goal unless it is said. */
  readonly scenario?: Scenario | (() => Promise<Scenario>);
  readonly settings?: Settings;
  /** `test`: a new one for each test. */
  readonly fresh?: "suite" | "test";
  /** False: the test opens it itself, with {@link UsedWorkbench.open}. */
  readonly opens?: boolean;
  /** Name of the picture that is taken of a test that failed. */
  readonly picture: string;
}

/** A workbench on a repository of its own, whose model is the demo server. */
export interface UsedWorkbench {
  readonly repo: TempRepo;
  readonly server: DemoServer;
  readonly workbench: Workbench;
  /** Serves the repository, or another folder, and opens it; what was open before is closed. */
  readonly open: (settings?: Settings, folder?: string) => Promise<Workbench>;
  /** Labels of the run's rows; none while the tree is not there. */
  readonly labels: () => Promise<readonly string[]>;
  /** Resolves with the label of the first row these words fit. */
  readonly shows: (words: RegExp) => Promise<string>;
  /** Resolves when the subtask's row says so. */
  readonly became: (id: string, status: string) => Promise<unknown>;
  /** Takes a picture by this name. */
  readonly picture: (name: string) => Promise<unknown>;
}

/** Sets a workbench up around the tests of the `describe` it is called in. */
export function useWorkbench(given: GivenWorkbench): UsedWorkbench {
  let repo: TempRepo;
  let server: DemoServer;
  let served: ServedWorkbench | undefined;
  let workbench: Workbench | undefined;

  const close = async () => {
    await workbench?.close();
    await served?.dispose();
    [workbench, served] = [undefined, undefined];
  };
  const begin = async () => {
    repo = tempRepo(given.files ?? { "README.md": "# mine\n" });
    given.prepare?.(repo);
    const { scenario = () => readDemoScenario("any-plan.yml") } = given;
    server = await startDemoServer(typeof scenario === "function" ? await scenario() : scenario, { speed: 0 });
    if (given.opens !== false) await used.open();
  };
  const end = async () => {
    await close();
    await server.dispose();
    repo.dispose();
  };
  const used: UsedWorkbench = {
    get repo() {
      return repo;
    },
    get server() {
      return server;
    },
    get workbench() {
      if (workbench === undefined) throw new Error("The workbench is not open.");
      return workbench;
    },
    async open(settings, folder = repo.dir) {
      await close();
      served = await serveWorkbench({
        folder,
        settings: { "braid.model.baseUrl": server.url, ...given.settings, ...settings },
      });
      workbench = await Workbench.open(served.url);
      return workbench;
    },
    labels: async () => (await used.workbench.treeRows("Run").catch(() => [])).map((row) => row.label),
    shows: (words) =>
      used.workbench.waitFor(`a row like ${words}`, async () =>
        (await used.labels()).find((label) => words.test(label)),
      ),
    became: (id, status) =>
      used.workbench.waitFor(`${id} to be ${status}`, async () =>
        (await used.labels()).some((label) => label.startsWith(`${id}, ${status}`)),
      ),
    async picture(name) {
      mkdirSync(SCREENSHOTS, { recursive: true });
      await used.workbench.screenshot(join(SCREENSHOTS, `${name}.png`));
    },
  };
  if (given.fresh === "test") beforeEach(begin);
  else before(begin);
  afterEach(async function () {
    if (this.currentTest?.state === "failed" && workbench !== undefined) await used.picture(`${given.picture}-failed`);
    if (given.fresh === "test") await end();
  });
  if (given.fresh !== "test") after(end);
  return used;
}
