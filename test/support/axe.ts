import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Frame, Page } from "playwright-core";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds in a document that keeps somebody from using it (`serious` or `critical`), each with the first elements it is about. */
export async function violations(page: Page | Frame, rules?: readonly string[]): Promise<readonly string[]> {
  const options = { resultTypes: ["violations"], ...(rules === undefined ? {} : { runOnly: rules }) };
  // The page's policy holds for what the page does, not for what is done to it.
  const { violations: found } = await page.evaluate<Pick<AxeResults, "violations">>(
    `${SOURCE}; axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => ({ violations }))`,
  );
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) =>
      nodes
        .slice(0, 5)
        .map(({ target, any, all, none }) => `${id}: ${target.join(" ")}: ${[...any, ...all, ...none][0]?.message}`),
    );
}
