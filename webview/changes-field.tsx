import * as l10n from "@vscode/l10n";
import { countOf } from "./format";
import { TextField } from "./text-field";

interface ChangesFieldProps {
  /** Remarks that go along. */
  readonly comments: number;
  readonly onSend: (text: string) => void;
  readonly onLeave: () => void;
}

/** What the next attempt should do otherwise. With remarks on lines it may be empty. */
export function ChangesField({ comments, onSend, onLeave }: ChangesFieldProps) {
  const along = comments === 0 ? "" : `, beside ${countOf(comments, "comment")}`;
  return (
    <TextField
      label={`What should be different${along}?`}
      verb={l10n.t("Send to the Worker")}
      mayBeEmpty={comments > 0}
      onSend={onSend}
      onLeave={onLeave}
    />
  );
}
