import * as vscode from "vscode";
import { BraidError, failure } from "../core/failure";
import type { OpenQuestion } from "../core/question";
import type { Run } from "../run/run";
import { asText } from "./as-text";
import type { CommandContext, Commands } from "./command-context";
import type { Row } from "./tree/run-rows";

/** `Braid: Answer Question…`. */
export function questionCommands(c: CommandContext): Commands {
  return {
    "braid.answerQuestion": async (row) => {
      const run = c.owner.require();
      const question = await chooseQuestion(run, row);
      if (question !== undefined) await answer(run, question);
    },
  };
}

/** Tells of a question; `name` is its run's. */
export async function tellQuestion(run: Run, question: OpenQuestion, name: string): Promise<void> {
  const answerIt = vscode.l10n.t("Answer…");
  const show = vscode.l10n.t("Show");
  const choice = await vscode.window.showInformationMessage(
    vscode.l10n.t('Braid, "{0}": {1} asks: {2}', name, askerOf(question), asText(question.text)),
    answerIt,
    show,
  );
  // It may have been answered elsewhere since; the run shows what became of it.
  if (choice === answerIt && run.view.questions.some(({ number }) => number === question.number))
    await answer(run, question);
  else if (choice !== undefined) await vscode.commands.executeCommand("braid.openReview", rowOf(question));
}

/** Lets the user choose an option or write an answer of their own; turning away leaves the question open. */
async function answer(run: Run, { number, subtask, text, options, why }: OpenQuestion): Promise<void> {
  // A title goes on in the next line, where a placeholder would be cut.
  const asked = asText(why === null ? text : `${text} (${why})`, "prose", MAX_ASKED_CHARS);
  const title = vscode.l10n.t("Braid: {0} asks", askerOf({ subtask }));
  const own = vscode.l10n.t("Another answer…");
  let words: string | undefined;
  if (options.length > 0) {
    const items = [...options.map((option) => ({ label: asText(option), option })), { label: own, option: undefined }];
    const choice = await vscode.window.showQuickPick(items, {
      title: `${title}: ${asked}`,
      ignoreFocusOut: true,
    });
    if (choice === undefined) return;
    words = choice.option;
  }
  words ??= await vscode.window.showInputBox({
    title,
    prompt: asked,
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === "" ? vscode.l10n.t("The answer is empty.") : undefined),
  });
  if (words !== undefined) await run.answer(number, words);
}

/** A question and what hangs on it are read whole: neither may be longer than half of this, in characters. */
const MAX_ASKED_CHARS = 2_100;

/** The question of the row, the one there is, or one the user picks. Throws `run.state` where there is none. */
async function chooseQuestion(run: Run, row: Row | undefined): Promise<OpenQuestion | undefined> {
  const open = run.view.questions;
  const ofRow = row?.kind === "subtask" ? open.find((question) => question.subtask === row.id) : undefined;
  if (ofRow !== undefined) return ofRow;
  if (open.length === 0) throw new BraidError(failure("run.state", "No question is open."));
  if (open.length === 1) return open[0];
  const choice = await vscode.window.showQuickPick(
    open.map((question) => ({ label: askerOf(question), detail: asText(question.text), question })),
    { title: vscode.l10n.t("Braid: Which question?") },
  );
  return choice?.question;
}

function askerOf({ subtask }: Pick<OpenQuestion, "subtask">): string {
  return subtask ?? vscode.l10n.t("the planner");
}

function rowOf({ subtask }: OpenQuestion): Row | undefined {
  return subtask === null ? undefined : { kind: "subtask", id: subtask, wave: 0 };
}
