import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import picomatch from "picomatch";
import { ROOT } from "../workbench/root";

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

describe("the documents", () => {
  it("name files that exist", () => {
    const files = execFileSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: ROOT, encoding: "utf8" }).split(
      "\n",
    );
    const parents = files.flatMap((file) => file.split("/").map((_, i, parts) => parts.slice(0, i).join("/")));
    const known = [...new Set([...files, ...parents])];
    const text = read("ARCHITECTURE.md");
    const named = [
      ...text.matchAll(/`((?:build|src|core|run|host|agent|git|model|trace|protocol|webview|cli|test)\/[^`\s]+)`/gu),
    ];
    assert.ok(named.length > 50, String(named.length));
    const gone = named
      .map(([, path = ""]) => path.replace(/\/$/u, ""))
      .filter((path) => {
        const fits = picomatch(
          [path, `src/${path}`].flatMap((one) => [one, `${one}.{ts,tsx,mjs}`, `${one}.*.ts`, `${one}.*.mjs`]),
        );
        return !known.some((file) => fits(file));
      });
    assert.deepEqual(gone, []);
  });

  for (const file of ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
    it(`${file} has links and pictures that lead somewhere`, () => {
      const targets = [...read(file).matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)|(?:src|srcset)="(?!https?:)([^"]+)"/gu)];
      assert.deepEqual(
        targets.map(([, link, picture]) => link ?? picture ?? "").filter((target) => !existsSync(join(ROOT, target))),
        [],
      );
    });
});
