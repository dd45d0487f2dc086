import * as vscode from "vscode";
import { reportFailures } from "../failures";
import { ReviewComments } from "./review-comments";
import type { RunOwner } from "../run-owner";

/** Lets the user comment on the lines of a result in VS Code's diff editors. */
export function registerComments(owner: RunOwner, log: vscode.LogOutputChannel): vscode.Disposable {
  const comments = new ReviewComments(owner);
  return vscode.Disposable.from(
    comments,
    vscode.commands.registerCommand("braid.addComment", (reply: vscode.CommentReply) =>
      reportFailures(log, () => comments.add(reply)),
    ),
    vscode.commands.registerCommand("braid.removeComment", (comment: vscode.Comment) =>
      reportFailures(log, () => comments.remove(comment)),
    ),
  );
}
