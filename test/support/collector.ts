import { createServer, type IncomingHttpHeaders } from "node:http";
import { gunzipSync } from "node:zlib";
import type { AddressInfo } from "node:net";

/** A collector that keeps what it is sent over OTLP/HTTP. */
export interface Collector {
  readonly url: string;
  readonly received: readonly {
    readonly path: string;
    readonly headers: IncomingHttpHeaders;
    readonly body: unknown;
  }[];
  close(): Promise<void>;
}

/** Starts one. It answers with these statuses, one a request and the last for ever; "hang" for no answer at all. */
export async function startCollector(...answers: readonly (number | "hang")[]): Promise<Collector> {
  const received: { path: string; headers: IncomingHttpHeaders; body: unknown }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const bytes = Buffer.concat(chunks);
      const text = request.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes;
      const answer = answers[Math.min(received.length, answers.length - 1)] ?? 200;
      received.push({ path: request.url ?? "", headers: request.headers, body: JSON.parse(text.toString("utf8")) });
      if (answer !== "hang") response.writeHead(answer, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
