/** Keeps the first and the last half of `limit` bytes of a stream, whatever its length. */
export function headAndTail(limit: number): HeadAndTail {
  const half = Math.floor(limit / 2);
  const head: Buffer[] = [];
  let headBytes = 0;
  let tail: Buffer[] = [];
  let tailBytes = 0;
  let total = 0;
  return {
    push(chunk) {
      total += chunk.length;
      const first = chunk.subarray(0, half - headBytes);
      if (first.length > 0) {
        // A copy, as a small slice would keep the whole pipe buffer alive.
        head.push(Buffer.from(first));
        headBytes += first.length;
      }
      const rest = chunk.subarray(first.length);
      if (rest.length === 0) return;
      tail.push(Buffer.from(rest.subarray(-half)));
      tailBytes += Math.min(rest.length, half);
      if (tailBytes > 2 * half) {
        tail = [Buffer.from(Buffer.concat(tail).subarray(-half))];
        tailBytes = half;
      }
    },
    read() {
      const start = Buffer.concat(head);
      const end = Buffer.concat(tail).subarray(-half);
      const dropped = total - start.length - end.length;
      if (dropped === 0) return { text: Buffer.concat([start, end]).toString("utf8"), truncated: false };
      const text = `${wholeStart(start)}\n… ${dropped} bytes left out …\n${wholeEnd(end)}`;
      return { text, truncated: true };
    },
  };
}

/** A collector of bounded size. `truncated` tells whether the middle is missing. */
export interface HeadAndTail {
  push(chunk: Buffer): void;
  read(): { readonly text: string; readonly truncated: boolean };
}

/** Decodes without the character a cut has split. */
function wholeStart(bytes: Buffer): string {
  return new TextDecoder().decode(bytes, { stream: true });
}

function wholeEnd(bytes: Buffer): string {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return bytes.subarray(start).toString("utf8");
}
