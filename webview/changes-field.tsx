import * as l10n from "@vscode/l10n";
import { numeral, plural } from "./format";
import { TextField } from "./text-field";

interface ChangesFieldProps {
  /** Remarks that go along. */
  readonly comments: number;
  readonly onSend: (text: string) => void;
  readonly onLeave: () => void;
}

/** What the next attempt should do otherwise. With remarks on lines it may be empty. */
export function ChangesField({ comments, onSend, onLeave }: ChangesFieldProps) {
  return (
    <TextField
      label={labelFor(comments)}
      verb={l10n.t("Send to the Worker")}
      mayBeEmpty={comments > 0}
      onSend={onSend}
      onLeave={onLeave}
    />
  );
}

function labelFor(comments: number): string {
  if (comments === 0) return l10n.t("What should be different?");
  return plural(
    comments,
    l10n.t("What should be different, beside 1 comment?"),
    l10n.t("What should be different, beside {0} comments?", numeral(comments)),
  );
}
