import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore } from "../src/store.js";

test("a link is found under its code", () => {
  const store = createStore({ nextCode: () => "abc", now: () => 7 });
  store.add("https://example.com/");
  const link = store.find("abc");
  assert.equal(link.url, "https://example.com/");
  assert.equal(link.createdAt, 7);
});

test("a code that is taken is not given out again", () => {
  const codes = ["aaa", "aaa", "bbb"];
  const store = createStore({ nextCode: () => codes.shift() });
  assert.equal(store.add("https://example.com/1").code, "aaa");
  assert.equal(store.add("https://example.com/2").code, "bbb");
  assert.equal(store.size, 2);
});
