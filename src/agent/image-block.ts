import { createHash } from "node:crypto";
import { imageProblem, imageTokens, readImage } from "../core/image";
import type { ImageBlock } from "../model/model";

/** An image as the model is shown it. What is none, or too large for the API, comes back as the rest of a sentence about it. */
export function toImageBlock(
  name: string,
  bytes: Uint8Array,
): { readonly ok: true; readonly image: ImageBlock } | { readonly ok: false; readonly problem: string } {
  const facts = readImage(bytes);
  if (facts === undefined) return { ok: false, problem: "is no PNG, JPEG, GIF or WebP image." };
  const problem = imageProblem(facts, bytes.byteLength);
  if (problem !== undefined) return { ok: false, problem };
  return {
    ok: true,
    image: {
      type: "image",
      name,
      mediaType: facts.type,
      width: facts.width,
      height: facts.height,
      bytes: bytes.byteLength,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      tokens: imageTokens(facts),
      data: Buffer.from(bytes).toString("base64"),
    },
  };
}

/** An image in a few words. */
export function describeImage({ name, mediaType, width, height }: Omit<ImageBlock, "data">): string {
  return `${name} (${mediaType}, ${width} × ${height} pixels)`;
}
