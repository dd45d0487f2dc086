import { deepEqual, equal, match } from "node:assert/strict";
import type { FileDiff } from "../../../src/core/review/diff";
import { deceptiveFiles, secretOf, secretsIn } from "../../../src/core/review/suspicious";

const file = (path: string, ...added: readonly string[]): FileDiff => ({
  path,
  status: "added",
  binary: false,
  hunks: [
    {
      oldStart: 0,
      oldLines: 0,
      newStart: 1,
      newLines: added.length,
      heading: "",
      lines: added.map((text) => ({ kind: "added", text })),
    },
  ],
});
// Put together here, so that nobody's scanner takes this file for a leak.
const of = (...parts: readonly string[]) => parts.join("");
const random = (length: number) => "a8Kf3Lq9Zx7Vb2Nm5Pw1Rt6Yc4Hj0Ds8Gk3Ue9Bq7Mz2Wx5Tn1Lf6Qa".slice(0, length);

describe("what looks like a secret (T07)", () => {
  for (const [line, looksLike] of [
    [of("-----BEGIN OPENSSH PRIV", "ATE KEY-----"), "a private key"],
    [of("key = AK", "IAIOSFODNN7ABCDEFG"), "a key of AWS"],
    [of("token: gh", "p_", random(36)), "a token of GitHub"],
    [of("sk", "-ant-api03-", random(30)), "a key of Anthropic"],
    [of('const s = "xo', "xb-1234567890-abc"), "a token of Slack"],
    [`url = postgres://admin:${random(12)}@db.internal/x`, "an address with a password"],
    [`DB_PASSWORD="${random(20)}"`, "a password or key"],
    [`  "apiKey": "${random(24)}",`, "a password or key"],
    [`eyJhbGciOiJIUzI1NiJ9.eyJ${random(20)}.${random(20)}`, "a signed token"],
  ] as const)
    it(line.slice(0, 40), () => equal(secretOf(line), looksLike));

  for (const line of [
    "const password = process.env.DB_PASSWORD;",
    'password: "changeme-please-1A2b3C"',
    'const token = "your-token-goes-here-123";',
    "postgres://user:$PASSWORD@host/db",
    "https://example.com/a:b@c",
    "const secretHandshake = computeTheHandshake(a, b);",
    'token = "aaaaaaaaaaaaaaaaaaaaaaaa1"',
    "API keys are kept in the keychain.",
    '"integrity": "sha512-8gqx0y3kYFnV1i0A9n2L9mQ0==",',
    "if (token === other) return tokens.next();",
  ])
    it(`not ${line.slice(0, 40)}`, () => equal(secretOf(line), undefined));

  it("files that exist to hold them, and not their examples", () => {
    const found = secretsIn([
      file(".env"),
      file("a/.env.local"),
      file(".env.example"),
      file("x/id_rsa"),
      file("id_rsa.pub"),
    ]);
    deepEqual(
      found.map(({ path }) => path),
      [".env", "a/.env.local", "x/id_rsa"],
    );
  });

  it("in a long line without giving up", () => {
    const start = performance.now();
    for (const part of ["a", "secret_", "password=", "eyJ", "http://a:", "sk-"])
      secretOf(part.repeat(200_000 / part.length));
    match(String(performance.now() - start < 2_000), /true/u);
  });
});

describe("what deceives the eye (W05)", () => {
  const check = (line: string, deceives: boolean) =>
    it(`${JSON.stringify(line)} ${deceives ? "does" : "does not"}`, () =>
      deepEqual(deceptiveFiles([file("a.ts", line)]), deceives ? ["a.ts"] : []));
  check('if (role != "user\u202e \u2066// admin\u2069 \u2066") {', true);
  check("const a\u200bdmin = 1;", true);
  check("const \u3164 = 1;", true);
  check("x\u{e0041}\u{e0042}", true);
  check("\u001b[2J", true);
  check("const \u0430dmin = 1;", true);
  check("import p\u0430ypal", true);
  check("console.l\u03bfg(1)", true);
  check("const admin = 'Привет, мир'; // Ελλάδα", false);
  check("10 μs, 5 Ωm, Δt = 3 µm", false);
  check("👩‍💻 ❤️ done\r", false);
  check("\ufeffusing System;", false);
  check("a\tb  c", false);

  it("a name does too", () => deepEqual(deceptiveFiles([file("src/\u0430uth.ts")]), ["src/\u0430uth.ts"]));
});
