import { relative, sep } from "node:path";
import * as vscode from "vscode";
import { toFailure } from "../../core/failure";
import type { Repository } from "../../git/repository";
import { readHead } from "../../git/repository";
import { checkGoal } from "../../run/beginning";
import { readGivenImages } from "../../run/attempt/images";
import { readMentions } from "../../run/attempt/mentions";
import { type GoalWords, planGoalWords, selectedText } from "./goal";
import { asText, failureText } from "../as-text";
import { workspaceFolder } from "../workspace-repository";

/** A goal as the user gives it, and image files from outside the repository to go with it. */
export interface AskedGoal {
  readonly goal: string;
  readonly images: readonly string[];
}

/**
 * Asks for a goal; what is selected in the editor is offered as a start. A goal that names what is not there stays in the box
 * with the reason. Undefined when the user turned away. Throws where no run could begin: nobody types a goal to hear of it then.
 */
export async function askGoal(
  repository: () => Promise<Repository>,
  words: GoalWords = planGoalWords(),
): Promise<AskedGoal | undefined> {
  await readHead(await repository());
  const box = vscode.window.createInputBox();
  let images: readonly string[] = [];
  let choosing = false;
  let left = false;
  // Where there are several folders, it says whose repository the goal is for.
  const several = (vscode.workspace.workspaceFolders ?? []).length > 1;
  box.title = several ? `${words.title} · ${asText(workspaceFolder()?.name ?? "")}` : words.title;
  box.placeholder = words.placeHolder;
  box.value = selectedText()?.split("\n", 1)[0] ?? "";
  box.ignoreFocusOut = true;
  box.buttons = [{ iconPath: new vscode.ThemeIcon("file-add"), tooltip: vscode.l10n.t("Add File…") }];
  const show = (): void => {
    box.prompt = promptWith(words.prompt, images);
    box.show();
  };
  return new Promise((resolve) => {
    box.onDidChangeValue(() => {
      box.validationMessage = box.value.trim() === "" ? vscode.l10n.t("The goal is empty.") : undefined;
    });
    box.onDidTriggerButton(async () => {
      choosing = true;
      try {
        const added = await chooseFiles(repository);
        images = [...new Set([...images, ...added.images])];
        if (added.mentions.length > 0) box.value = [box.value.trimEnd(), ...added.mentions, ""].join(" ").trimStart();
      } catch (error) {
        box.validationMessage = failureText(toFailure(error));
      }
      choosing = false;
      show();
    });
    box.onDidAccept(async () => {
      const asked = { goal: box.value, images };
      box.enabled = false;
      box.busy = true;
      const problem = await problemWith(asked, repository);
      if (left) return;
      box.enabled = true;
      box.busy = false;
      if (problem !== undefined) {
        box.validationMessage = problem;
        return show();
      }
      resolve(asked);
      box.dispose();
    });
    box.onDidHide(() => {
      // The file dialog may take the box's place for a while.
      if (choosing) return;
      left = true;
      resolve(undefined);
      box.dispose();
    });
    show();
  });
}

function promptWith(words: string, images: readonly string[]): string {
  const prompt = `${words} ${vscode.l10n.t("@path names a file.")}`;
  if (images.length === 0) return prompt;
  return `${prompt} ${vscode.l10n.t("With {0}.", asText(images.map((file) => file.slice(file.lastIndexOf(sep) + 1)).join(", ")))}`;
}

/** What is wrong with the goal itself; whatever else is in the way is told when the run starts. */
async function problemWith(
  { goal, images }: AskedGoal,
  repository: () => Promise<Repository>,
): Promise<string | undefined> {
  try {
    await checkGoal(await repository(), goal, await readGivenImages(images));
    return undefined;
  } catch (error) {
    const why = toFailure(error);
    return why.code.startsWith("goal.") ? failureText(why) : undefined;
  }
}

/** Files the run's base has become mentions, others images to hand over. Throws `goal.path` for what is neither. */
async function chooseFiles(
  repository: () => Promise<Repository>,
): Promise<{ readonly mentions: readonly string[]; readonly images: readonly string[] }> {
  const repo = await repository();
  const chosen = await vscode.window.showOpenDialog({
    canSelectMany: true,
    defaultUri: vscode.Uri.file(repo.dir),
    openLabel: vscode.l10n.t("Add"),
    title: vscode.l10n.t("Files and images for the goal"),
  });
  const mentions: string[] = [];
  const images: string[] = [];
  for (const { fsPath } of chosen ?? []) {
    const path = relative(repo.dir, fsPath).split(sep).join("/");
    const mention = /^[\w./-]+$/u.test(path) ? `@${path}` : `@"${path}"`;
    if (await isInBase(repo, mention)) mentions.push(mention);
    else {
      await readGivenImages([fsPath]);
      images.push(fsPath);
    }
  }
  return { mentions, images };
}

async function isInBase(repo: Repository, mention: string): Promise<boolean> {
  const { commit } = await readHead(repo);
  const { files, images } = await readMentions(repo, mention, { commit, strict: false });
  return files.length + images.length > 0;
}
