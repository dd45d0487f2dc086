/** Kinds of images the API takes. Source: `Base64ImageSource` of @anthropic-ai/sdk 1.12.0. */
export type ImageType = "image/png" | "image/jpeg" | "image/gif" | "image/webp";

/** What an image is by its content, whatever its name says. Width and height in pixels. */
export interface ImageFacts {
  readonly type: ImageType;
  readonly width: number;
  readonly height: number;
}

/**
 * The most one image may have, in bytes and in pixels an edge. The API counts 5 MB after encoding, which adds a third.
 * Source: platform.claude.com/docs/en/build-with-claude/vision.
 */
export const MAX_IMAGE_BYTES = Math.floor((5 * 1024 * 1024 * 3) / 4);
export const MAX_IMAGE_EDGE = 8000;
/** Images in one goal; with more than 20 in a request the API takes only small ones. Source: the same page. */
export const MAX_IMAGES = 20;

/** Recognises an image; undefined for anything else, and for one that is cut off before its size. */
export function readImage(bytes: Uint8Array): ImageFacts | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const facts = png(view) ?? gif(view) ?? webp(view) ?? jpeg(view);
    return facts === undefined || facts.width === 0 || facts.height === 0 ? undefined : facts;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Why the API would refuse an image of this size; undefined where it would not. */
export function imageProblem({ width, height }: ImageFacts, bytes: number): string | undefined {
  if (bytes > MAX_IMAGE_BYTES)
    return `has ${(bytes / 1024 / 1024).toFixed(1)} MB; at most ${(MAX_IMAGE_BYTES / 1024 / 1024).toFixed(2)} MB can be sent.`;
  if (Math.max(width, height) > MAX_IMAGE_EDGE)
    return `is ${width} × ${height} pixels; at most ${MAX_IMAGE_EDGE} an edge can be sent.`;
  return undefined;
}

/** Tokens an image counts as, rather too many than too few: large ones are scaled down. Source: the same page. */
export function imageTokens({ width, height }: ImageFacts): number {
  return Math.min(MAX_IMAGE_TOKENS, Math.ceil((width * height) / PIXELS_PER_TOKEN));
}

const PIXELS_PER_TOKEN = 750;
const MAX_IMAGE_TOKENS = 5_000;

function png(view: DataView): ImageFacts | undefined {
  if (view.getUint32(0) !== 0x89504e47 || view.getUint32(4) !== 0x0d0a1a0a) return undefined;
  return { type: "image/png", width: view.getUint32(16), height: view.getUint32(20) };
}

function gif(view: DataView): ImageFacts | undefined {
  if (!/^GIF8[79]a$/u.test(ascii(view, 0, 6))) return undefined;
  return { type: "image/gif", width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

function webp(view: DataView): ImageFacts | undefined {
  if (ascii(view, 0, 4) !== "RIFF" || ascii(view, 8, 4) !== "WEBP") return undefined;
  const size = (width: number, height: number): ImageFacts => ({ type: "image/webp", width, height });
  switch (ascii(view, 12, 4)) {
    case "VP8 ":
      return size(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return size((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
    }
    case "VP8X":
      return size((view.getUint32(24, true) & 0xffffff) + 1, (view.getUint32(26, true) >>> 8) + 1);
    default:
      return undefined;
  }
}

/** The size stands in a frame header somewhere behind the other segments. */
function jpeg(view: DataView): ImageFacts | undefined {
  if (view.getUint16(0) !== 0xffd8) return undefined;
  for (let at = 2; ;) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    // C4, C8 and CC are tables, the others of this row frames.
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return { type: "image/jpeg", width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    at += 2 + view.getUint16(at + 2);
  }
}

function ascii(view: DataView, at: number, length: number): string {
  return String.fromCodePoint(...Array.from({ length }, (_, i) => view.getUint8(at + i)));
}
