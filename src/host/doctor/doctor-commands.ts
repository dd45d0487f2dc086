import * as vscode from "vscode";
import type { Examined } from "../../core/doctor/diagnosis";
import { doctorMarkdown } from "../../core/doctor/doctor-text";
import { examine, told } from "../../run/doctor/examine";
import type { CommandContext, Commands } from "../command-context";
import { showMarkdown } from "../show-markdown";
import { showDoctorPick } from "./doctor-pick";
import { readDoctorSetting } from "./doctor-setting";

const DOCTOR_SCHEME = "braid-doctor";
const DOCUMENT = vscode.Uri.from({ scheme: DOCTOR_SCHEME, path: "/doctor.md" });

/** `Braid: Doctor`. */
export function doctorCommands(c: Pick<CommandContext, "context">): Commands {
  let last: readonly Examined[] | undefined;
  const look = async (signal: AbortSignal): Promise<readonly Examined[]> =>
    told(await examine(await readDoctorSetting(c.context), signal));
  const changed = new vscode.EventEmitter<vscode.Uri>();
  c.context.subscriptions.push(
    changed,
    vscode.workspace.registerTextDocumentContentProvider(DOCTOR_SCHEME, {
      onDidChange: changed.event,
      async provideTextDocumentContent() {
        last ??= await look(new AbortController().signal);
        return doctorMarkdown(last);
      },
    }),
  );
  return {
    "braid.doctor": () =>
      showDoctorPick({
        examine: look,
        async openDocument(examined) {
          last = examined.length === 0 ? undefined : examined;
          changed.fire(DOCUMENT);
          await showMarkdown(DOCUMENT);
        },
      }),
  };
}
