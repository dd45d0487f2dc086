import assert from "node:assert/strict";
import { test } from "node:test";
import { createApp } from "../src/app.js";
import { createStore } from "../src/store.js";

const newApp = () =>
  createApp({ store: createStore({ nextCode: () => "abc" }), baseUrl: "https://sho.rt" });

test("a link is made and followed", () => {
  const app = newApp();
  const made = app({ method: "POST", path: "/links", body: { url: "https://example.com/a" } });
  assert.equal(made.status, 201);
  assert.equal(JSON.parse(made.body).short, "https://sho.rt/abc");

  const followed = app({ method: "GET", path: "/abc" });
  assert.equal(followed.status, 302);
  assert.equal(followed.headers.location, "https://example.com/a");
});

test("an unknown code is not found", () => {
  assert.equal(newApp()({ method: "GET", path: "/nope" }).status, 404);
});
