import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

/** TCP and UDP on one port of the loopback; counts what comes. */
export async function listen() {
  let bytes = 0;
  const server = createServer((socket) => {
    bytes += 1;
    socket.on("data", (chunk) => (bytes += chunk.length));
    socket.on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const udp = createSocket("udp4");
  udp.on("message", (message) => (bytes += message.length));
  udp.bind(port, "127.0.0.1");
  await once(udp, "listening");
  return {
    port,
    heard: () => bytes,
    async dispose() {
      udp.close();
      server.close();
      await once(server, "close");
    },
  };
}
