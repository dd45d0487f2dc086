import type * as vscode from "vscode";
import { BraidError, failure, toFailure, type Failure } from "../core/failure";
import type { Repository } from "../git/repository";
import type { ListedModel } from "../model/model-list";
import { worktreeRoot } from "../run/log/places";
import type { RunPorts } from "../run/ports";
import { traceSettings } from "../trace/target";
import { readApiKey } from "./model/api-key";
import { demoEndpoint } from "./model/demo";
import { Models, type Endpoint } from "./model/models";
import { unsavedFiles } from "./review/unsaved-files";
import { readPrices, readSettings } from "./settings";
import { workspaceRepository } from "./workspace-repository";

/** What runs of this window reach the world through: settings, secrets and models as they are at each call. */
export class WindowPorts {
  readonly #context: vscode.ExtensionContext;
  readonly #log: vscode.LogOutputChannel;
  readonly #models = new Models(readPrices);

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    this.#context = context;
    this.#log = log;
  }

  /** The ports of a run in this repository. Throws `settings.invalid`. */
  async of(repo: Repository): Promise<RunPorts> {
    return {
      repo,
      model: this.#models.at(() => this.endpoint(repo)),
      resolveModel: this.#models.resolver(() => this.endpoint(repo)),
      // A run can be looked at whatever stands in the settings; who starts one is told.
      prices: readPrices(),
      worktreeRoot: await worktreeRoot(repo, readSettings().worktreeDirectory),
      setup: { include: readSettings().worktreeInclude, commands: readSettings().worktreeSetup },
      canApprove: (about) => about !== "command" || readSettings().withoutSandbox === "ask",
      unsavedFiles,
      mergeKind: () => readSettings().merge,
      trace: traceSettings(process.env),
      stalls: readSettings().stalls,
      now: Date.now,
      log: (line) => this.#log.info(line),
    };
  }

  /** Where models are reached from this repository. Throws `model.no-key`. */
  async endpoint(repo: Repository): Promise<Endpoint> {
    const demo = await demoEndpoint(this.#context, repo);
    if (demo !== undefined) return demo;
    const apiKey = await readApiKey(this.#context);
    const { baseUrl } = readSettings();
    if (baseUrl !== undefined) return { apiKey: apiKey ?? "none", baseUrl };
    if (apiKey === undefined)
      throw new BraidError(
        failure("model.no-key", "There is no API key yet.", { hint: "Set one, or try the demo: it needs none." }),
      );
    return { apiKey };
  }

  /** What the API lists for this folder's endpoint, or why it cannot be asked. */
  async listModels(): Promise<readonly ListedModel[] | Failure> {
    try {
      const endpoint = await this.endpoint(await workspaceRepository());
      return await this.#models.catalogue(endpoint).listed(new AbortController().signal);
    } catch (error) {
      return toFailure(error);
    }
  }
}
