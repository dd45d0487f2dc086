import * as vscode from "vscode";
import type { ProxyFacts } from "../../core/doctor/judge-model";
import { openRepository } from "../../git/repository";
import type { DoctorSetting } from "../../run/doctor/examination";
import { readApiKey } from "../model/api-key";
import { demoEndpoint } from "../model/demo";
import { readSettings } from "../settings";
import { workspaceFolder } from "../workspace-repository";
import { readUnhonoured } from "./unhonoured";

/** What this window knows and has set, for the doctor. */
export async function readDoctorSetting(context: vscode.ExtensionContext): Promise<DoctorSetting> {
  const folder = workspaceFolder();
  const dir = folder?.uri.scheme === "file" ? folder.uri.fsPath : null;
  const trusted = vscode.workspace.isTrusted;
  const { baseUrl = null, concurrency, worktreeDirectory } = readSettings();
  const known = {
    dir,
    trusted,
    proxy: readProxy(),
    concurrency,
    worktreeDirectory,
    unhonoured: readUnhonoured(),
    now: Date.now,
  };
  const demo = await demoOf(context, trusted ? dir : null);
  if (demo !== undefined)
    return {
      ...known,
      endpoint: demo,
      keyFrom: vscode.l10n.t("the demo, whose answers are scripted"),
      baseUrl: demo.baseUrl,
    };
  const apiKey = await readApiKey(context);
  const reach = baseUrl === null ? {} : { baseUrl };
  return {
    ...known,
    endpoint: apiKey === undefined && baseUrl === null ? null : { apiKey: apiKey ?? "none", ...reach },
    keyFrom: apiKey === undefined ? null : vscode.l10n.t("the system's keychain"),
    baseUrl,
  };
}

/** What the demo's repository goes by, if this is one. */
async function demoOf(context: vscode.ExtensionContext, dir: string | null) {
  const repo = dir === null ? undefined : await openRepository(dir).catch(() => undefined);
  return repo === undefined ? undefined : demoEndpoint(context, repo);
}

/** VS Code sends requests of extensions through its own proxy, unless that is switched off. */
function readProxy(): ProxyFacts {
  const http = vscode.workspace.getConfiguration("http");
  const value = http.get("proxy", "");
  const support: unknown = http.get("proxySupport");
  return {
    from: value === "" ? null : "http.proxy",
    // Without what may stand before the host: user and password.
    host: URL.canParse(value) ? new URL(value).host : vscode.l10n.t("an address that is no URL"),
    honoured: support !== "off",
    bypassed: false,
  };
}
