import { crc32 } from "node:zlib";

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");

/** A picture of the animation and how long it is shown, in milliseconds. */
export interface AnimationFrame {
  readonly png: Buffer;
  readonly ms: number;
}

/**
 * Puts pictures of one size one after the other into an animated PNG that goes round for ever. Their bytes stay as they are: nothing is
 * drawn anew, so nothing gets blurred, and who cannot play it sees the first one. (PNG specification, third edition, §11.3.6.)
 */
export function animate(frames: readonly AnimationFrame[]): Buffer {
  const parts = frames.map(({ png, ms }) => ({ chunks: chunksOf(png), ms }));
  const header = parts[0]?.chunks.find(({ type }) => type === "IHDR")?.data;
  if (header === undefined) throw new Error("There is no picture to begin with.");
  const size = header.subarray(0, 8);
  let sequence = 0;
  const next = () => uint32(sequence++);
  const body = parts.flatMap(({ chunks, ms }, i) => {
    const own = chunks.find(({ type }) => type === "IHDR")?.data;
    if (own === undefined || !own.equals(header)) throw new Error(`Picture ${i + 1} is of another size or kind.`);
    const data = Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map((one) => one.data));
    // The whole picture, for so many thousandths of a second, instead of the one before.
    const control = chunk(
      "fcTL",
      Buffer.concat([next(), size, uint32(0), uint32(0), uint16(ms), uint16(1000), Buffer.alloc(2)]),
    );
    return [control, i === 0 ? chunk("IDAT", data) : chunk("fdAT", Buffer.concat([next(), data]))];
  });
  const count = chunk("acTL", Buffer.concat([uint32(frames.length), uint32(0)]));
  return Buffer.concat([SIGNATURE, chunk("IHDR", header), count, ...body, chunk("IEND", Buffer.alloc(0))]);
}

function chunksOf(png: Buffer): readonly { readonly type: string; readonly data: Buffer }[] {
  const chunks = [];
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    chunks.push({ type: png.toString("latin1", at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  return Buffer.concat([uint32(data.length), named, uint32(crc32(named))]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}
