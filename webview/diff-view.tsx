import { useState } from "preact/hooks";
import { lineCountsOf } from "../src/core/hunks";
import type { ShownFile } from "../src/protocol/messages";
import type { Actions } from "./actions";
import { FileView } from "./file-view";
import { foldedFiles } from "./folded-files";
import { countOf } from "./format";
import { memo } from "./memo";
import { LineCounts } from "./text";

const FILES_PER_PAGE = 200;

interface DiffProps {
  readonly subtask: string;
  readonly files: readonly ShownFile[];
  readonly actions: Actions;
}

/** A whole diff, file by file. */
export const DiffView = memo((props: DiffProps) => <Files {...props} />);

function Files({ subtask, files, actions }: DiffProps) {
  const [limit, setLimit] = useState(FILES_PER_PAGE);
  const counts = files.map(lineCountsOf);
  const folded = foldedFiles(files);
  return (
    <section class="part" aria-labelledby="diff-title">
      <h3 id="diff-title">
        {countOf(files.length, "file")} changed{" "}
        <LineCounts
          added={counts.reduce((sum, c) => sum + c.added, 0)}
          deleted={counts.reduce((sum, c) => sum + c.deleted, 0)}
        />
      </h3>
      {files.slice(0, limit).map((file) => (
        <FileView key={file.path} subtask={subtask} file={file} folded={folded.has(file.path)} actions={actions} />
      ))}
      {files.length > limit && (
        <button type="button" class="secondary" onClick={() => setLimit(limit + FILES_PER_PAGE)}>
          Show {countOf(Math.min(FILES_PER_PAGE, files.length - limit), "more file")}
        </button>
      )}
    </section>
  );
}
