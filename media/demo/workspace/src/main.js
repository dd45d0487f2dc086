import { createApp } from "./app.js";
import { serve } from "./server.js";
import { createStore } from "./store.js";

const port = Number(process.env.PORT ?? 8080);
const app = createApp({ store: createStore(), baseUrl: `http://localhost:${port}` });
serve(app).listen(port, () => console.log(`Listening on http://localhost:${port}`));
