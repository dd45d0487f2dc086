import { listTree } from "../../git/tree-listing";
import { whyAll } from "../../git/why-all";
import { loadInstructions } from "../attempt/instructions";
import type { RunPorts } from "../ports";
import { trackedRecipes } from "./setup-recipe";

/**
 * Asks git what follows from a run's base alone before its first worker does, while somebody still plans or looks at the plan. It is
 * kept by who asks for it; what fails here is told by whoever needs it. Never rejects.
 */
export async function readAhead({ repo }: Pick<RunPorts, "repo">, base: string): Promise<void> {
  await Promise.allSettled([
    loadInstructions(repo, base, []),
    trackedRecipes(repo, base),
    listTree(repo, base).then((listing) => whyAll(repo, base, listing)),
  ]);
}
