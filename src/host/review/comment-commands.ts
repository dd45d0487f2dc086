import type * as vscode from "vscode";
import type { ReviewComments } from "./review-comments";

/** What VS Code's comments call: commands by id, whose argument is the reply or the comment. */
export function commentCommands(
  comments: ReviewComments,
): Readonly<Record<string, (argument?: unknown) => Promise<void>>> {
  return {
    "braid.addComment": async (reply) => {
      if (isReply(reply)) await comments.add(reply);
    },
    "braid.removeComment": async (comment) => {
      if (isComment(comment)) await comments.remove(comment);
    },
  };
}

function isReply(value: unknown): value is vscode.CommentReply {
  return typeof value === "object" && value !== null && "thread" in value && "text" in value;
}

function isComment(value: unknown): value is vscode.Comment {
  return typeof value === "object" && value !== null && "body" in value && "author" in value;
}
