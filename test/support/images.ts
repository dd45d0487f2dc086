/** Images by content: the least each format needs for its size to be read. */
export function png(width: number, height: number, bytes = 33): Buffer {
  const image = Buffer.alloc(bytes);
  Buffer.from("89504e470d0a1a0a0000000d49484452", "hex").copy(image);
  image.writeUInt32BE(width, 16);
  image.writeUInt32BE(height, 20);
  return image;
}

export function gif(width: number, height: number): Buffer {
  const image = Buffer.alloc(13);
  image.write("GIF89a");
  image.writeUInt16LE(width, 6);
  image.writeUInt16LE(height, 8);
  return image;
}

export function jpeg(width: number, height: number): Buffer {
  const image = Buffer.from("ffd8ffe000044a46ffc00011080000000003012200021101031101", "hex");
  image.writeUInt16BE(height, 13);
  image.writeUInt16BE(width, 15);
  return image;
}

export function webp(width: number, height: number): Buffer {
  const image = Buffer.alloc(30);
  image.write("RIFF");
  image.write("WEBPVP8X", 8);
  image.writeUIntLE(width - 1, 24, 3);
  image.writeUIntLE(height - 1, 27, 3);
  return image;
}
