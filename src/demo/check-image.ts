import * as z from "zod";
import { readImage } from "../core/image";

/** Base64 characters one image may have. Source: the API's page on vision. */
const MAX_IMAGE_CHARS = 5 * 1024 * 1024;

const Source = z.discriminatedUnion("type", [
  z.looseObject({
    type: z.literal("base64"),
    media_type: z.enum(["image/png", "image/jpeg", "image/gif", "image/webp"]),
    data: z.base64().min(1),
  }),
  z.looseObject({ type: z.literal("url"), url: z.string() }),
  z.looseObject({ type: z.literal("file"), file_id: z.string() }),
]);

/** What the API would refuse in an image block, in its words; undefined when it would take it. */
export function checkImage(block: Readonly<Record<string, unknown>>): string | undefined {
  const source = Source.safeParse(block["source"]);
  if (!source.success) return `image.source: ${source.error.issues[0]?.message ?? "invalid"}`;
  if (source.data.type !== "base64") return undefined;
  const { data, media_type: claimed } = source.data;
  if (data.length > MAX_IMAGE_CHARS)
    return `image.source.base64: image exceeds 5 MB maximum: ${data.length} bytes > ${MAX_IMAGE_CHARS} bytes`;
  const facts = readImage(Buffer.from(data, "base64"));
  if (facts === undefined) return "image.source.base64.data: Could not process image";
  if (facts.type !== claimed)
    return `image.source.base64.data: The image was specified using the ${claimed} media type, but the image appears to be a ${facts.type} image`;
  if (Math.max(facts.width, facts.height) > 8000)
    return "image.source.base64.data: At least one of the image dimensions exceed max allowed size: 8000 pixels";
  return undefined;
}
