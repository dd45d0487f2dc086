import assert from "node:assert/strict";
import { isAscii } from "node:buffer";
import { execFileSync } from "node:child_process";
import { cpSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { readScenario } from "../../src/demo/media";
import { startDemoServer, type DemoServer } from "../../src/demo/server";
import { secretOf } from "../../src/core/review/suspicious";
import { tempFolder, tempRepo } from "../support/temp-repo";
import { translatedList, walkByKeyboard } from "../workbench/keyboard-walk";
import { ROOT } from "../workbench/root";
import { serveWorkbench, type ServedWorkbench } from "../workbench/serve";
import { SCREENSHOTS } from "../workbench/walk";
import { Workbench } from "../workbench/workbench";

/** What packaging reads; the build stays out of the one other tests run. */
const SOURCES =
  "src webview media build l10n package.json package.nls.json package.nls.de.json tsconfig.json esbuild.mjs .vscodeignore README.md CHANGELOG.md LICENSE".split(
    " ",
  );
const MAX_BYTES = 1_500_000;
const MAX_FILES = 40;

/** Everything that may be in the package. */
const KINDS: readonly RegExp[] = [
  /^package(?:\.nls(?:\.[a-z-]+)?)?\.json$/u,
  /^l10n\/bundle\.l10n\.[a-z-]+\.json$/u,
  /^(?:dist\/README|CHANGELOG)\.md$/u,
  /^LICENSE$/u,
  /^media\/[^/]+\.(?:svg|png)$/u,
  /^media\/walkthrough\/[^/]+\.svg$/u,
  /^dist\/(?:extension|cli|process-host|chunks\/[\w.-]+)\.mjs$/u,
  /^dist\/chunks\/cli\.cjs$/u,
  /^dist\/webview\/[\w.-]+\.(?:js|css)$/u,
  /^dist\/THIRD-PARTY-NOTICES\.txt$/u,
];
/** Folders of whoever built it. */
const MACHINE = [ROOT, join(homedir(), "/"), "/home/", "/Users/", "C:\\Users"].filter((path) => path.length > 1);

describe("the package", function () {
  this.timeout(300_000);
  const folder = tempFolder();
  const repo = tempRepo({ "list.txt": translatedList({}) });
  let server: DemoServer | undefined;
  let served: ServedWorkbench | undefined;
  let workbench: Workbench | undefined;
  afterEach(async function () {
    if (this.currentTest?.state !== "failed" || workbench === undefined) return;
    await workbench.screenshot(join(SCREENSHOTS, "package-failed.png"));
  });
  after(async () => {
    await workbench?.close();
    await served?.dispose();
    await server?.dispose();
    folder.dispose();
    repo.dispose();
  });

  const inFolder = (...argv: readonly string[]) =>
    execFileSync("npm", argv, { cwd: folder.dir, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

  it("is made of what it needs and no more", () => {
    for (const entry of SOURCES) cpSync(join(ROOT, entry), join(folder.dir, entry), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(folder.dir, "node_modules"));
    inFolder("run", "package");
    const size = statSync(join(folder.dir, "dist/braid.vsix")).size;
    assert.ok(size < MAX_BYTES, `${size} bytes`);
    const files = inFolder("exec", "--", "vsce", "ls", "--no-dependencies", "--readme-path", "dist/README.md")
      .trim()
      .split("\n");
    assert.ok(files.length < MAX_FILES, `${files.length} files:\n${files.join("\n")}`);
    assert.deepEqual(
      files.filter((file) => !KINDS.some((kind) => kind.test(file))),
      [],
    );
    for (const kind of KINDS)
      assert.ok(
        files.some((file) => kind.test(file)),
        String(kind),
      );
    assert.deepEqual(
      files.flatMap((file) =>
        betrayals(readFileSync(join(folder.dir, file), "latin1")).map((what) => `${file}: ${what}`),
      ),
      [],
    );
  });

  it("has pages whose program and style can stand in a document", () => {
    for (const [file, end] of [
      ["panel.js", /<\/script|<!--/iu],
      ["preview.js", /<\/script|<!--/iu],
      ["styles.css", /<\/style/iu],
    ] as const) {
      const text = readFileSync(join(folder.dir, "dist/webview", file), "utf8");
      assert.doesNotMatch(text, end, file);
      // VS Code would put an address of its own in its place.
      assert.doesNotMatch(text, /["']vscode-(?:webview-)?resource:/iu, file);
    }
  });

  it("has a command line, which starts alike from what was kept of it", () => {
    const env = { ...process.env, XDG_CACHE_HOME: join(folder.dir, "cache") };
    const braid = () =>
      execFileSync(process.execPath, [join(folder.dir, "dist/cli.mjs"), "status", "--json"], { cwd: repo.dir, env });
    assert.deepEqual(braid(), braid());
    assert.ok(isAscii(readFileSync(join(folder.dir, "dist/chunks/cli.cjs"))), "its text is read at once");
    assert.equal(readdirSync(join(folder.dir, "cache/braid/compiled")).length, 1);
  });

  it("would notice a key or a path in it", () => {
    const key = ["sk-ant", "api03", "0123456789abcdefghij"].join("-");
    assert.deepEqual(betrayals(`${"x".repeat(7_990)} const k="${key}"`), ["a key of Anthropic"]);
    assert.ok(betrayals(`// ${join(ROOT, "src")}`).includes(ROOT));
  });

  it("installs, and goes from a goal to an accepted and undone merge by keyboard alone", async () => {
    server = await startDemoServer(await readScenario(join(ROOT, "test/fixtures/scenarios/three-hunks.yml")), {
      speed: 0,
    });
    served = await serveWorkbench({
      folder: repo.dir,
      extension: join(folder.dir, "dist/braid.vsix"),
      settings: { "braid.model.baseUrl": server.url },
    });
    workbench = await Workbench.open(served.url);
    await walkByKeyboard(workbench, repo);
  });

  it("runs the demo, which needs nothing but itself", async () => {
    assert.ok(workbench);
    const w = workbench;
    await w.runCommand("Braid: Try the Demo");
    await w.waitFor("the demo's plan", async () =>
      (await w.treeRows("Run").catch(() => [])).some((row) => row.label.startsWith("routes,")),
    );
    await w.runCommand("Braid: Approve Plan");
    await w.waitFor("a result", async () =>
      (await w.treeRows("Run").catch(() => [])).some((row) => /, ready to review/u.test(row.label)),
    );
  });
});

/** What a text of the package says that nobody else is to know. Minified lines are long: they are looked at in pieces that overlap. */
function betrayals(text: string): readonly string[] {
  const pieces = text
    .split("\n")
    .flatMap((line) =>
      Array.from({ length: Math.ceil(line.length / 3_000) }, (_, i) => line.slice(i * 3_000, i * 3_000 + 4_000)),
    );
  const found = [...pieces.map(secretOf), ...MACHINE.filter((path) => text.includes(path))];
  return [...new Set(found.filter((what) => what !== undefined))];
}
