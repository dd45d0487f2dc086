import * as l10n from "@vscode/l10n";
import { useEffect, useState } from "preact/hooks";
import { visibleText } from "../src/core/visible";
import type { FileTexts } from "../src/protocol/review-messages";
import type { Actions } from "./actions";
import type { ResultId } from "./line-store";

interface ImagesProps {
  readonly at: ResultId;
  readonly path: string;
  readonly actions: Actions;
}

/** Names that an image can have; whether it is one, the host sees. */
const IMAGE = /\.(?:png|jpe?g|gif|webp)$/iu;

/** A changed image before and after, where the two can be shown. */
export function Images({ at, path, actions }: ImagesProps) {
  const [sides, setSides] = useState<FileTexts | null>(null);
  useEffect(() => {
    let isWanted = IMAGE.test(path);
    const read = async (): Promise<void> => {
      const images = await actions.readImages(at, path);
      if (isWanted) setSides(images);
    };
    if (isWanted) void read();
    return () => {
      isWanted = false;
    };
  }, [actions, at.subtask, at.commit, path]);
  if (sides === null || (sides.base === null && sides.result === null)) return null;
  return (
    <div class="images">
      {sides.base !== null && <Side title={l10n.t("Before")} path={path} address={sides.base} />}
      {sides.result !== null && <Side title={l10n.t("After")} path={path} address={sides.result} />}
    </div>
  );
}

function Side({ title, path, address }: { readonly title: string; readonly path: string; readonly address: string }) {
  // Only what the host made of bytes it recognised may stand here.
  if (!/^data:image\/(?:png|jpeg|gif|webp);base64,/u.test(address)) return null;
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <img src={address} alt={`${title}: ${visibleText(path, "code")}`} />
    </figure>
  );
}
