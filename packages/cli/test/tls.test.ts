import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect } from "node:http2";
import { get } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { folder, larder } from "./process.ts";
import { folder as newFolder, serve } from "./program.ts";

/** A gateway that speaks TLS, and its URL. */
async function gateway(...options: readonly string[]) {
  const site = await serve((request, response) => response.end(`content of ${request.url}`));
  const mounts = ["--mount", `/=http:${site}/`, "--mount", "/py/=pypi:http://index.example/simple/"];
  const process = larder("gateway", "--listen", "127.0.0.1:0", ...mounts, "--log-format", "json", ...options);
  const [, url = ""] = await process.says(/larder listens on (https:\/\/127\.0\.0\.1:\d+)\n/);
  return { process, url };
}

async function askHttp2(url: string, ca: string): Promise<string> {
  const session = connect(url, { ca });
  try {
    return await text(session.request({ ":path": "/hello" }));
  } finally {
    session.close();
  }
}

async function askHttp1(url: string, ca: string): Promise<string> {
  const [response] = await once(get(`${url}/hello`, { ca, agent: false }), "response");
  return text(response);
}

describe("larder gateway over TLS", () => {
  test("with its own certificate, then with those files as somebody's", async () => {
    const data = join(folder, "tls");
    const own = await gateway("--data", data, "--tls", "own");
    const path = join(data, "tls", "ca.pem");
    const [start] = await own.process.says(/larder listens[\s\S]*\n\n$/);
    assert.ok(start.includes(`export UV_DEFAULT_INDEX=${own.url}/py/simple/ SSL_CERT_FILE=${path}\n`), start);
    assert.ok(start.includes(`export PIP_INDEX_URL=${own.url}/py/simple/ PIP_CERT=${path}\n`), start);
    const ca = readFileSync(path, "utf8");
    for (const ask of [askHttp2, askHttp1]) assert.equal(await ask(own.url, ca), "content of /hello");
    const untold = await larder("policy", "explain", "demo==1.0", "--gateway", `${own.url}/py/`).ended;
    assert.match(untold.err, /is not trusted \(\w+\); set NODE_EXTRA_CA_CERTS to .*ca\.pem/);
    own.process.child.kill("SIGTERM");
    const { code, out } = await own.process.ended;
    assert.equal(code, 0);
    assert.equal(out.match(/"path":"\/hello","status":200/g)?.length, 2, out);

    const files = ["--tls-cert", join(data, "tls", "server.pem"), "--tls-key", join(data, "tls", "server-key.pem")];
    const given = await gateway("--data", newFolder(), ...files);
    const [lines] = await given.process.says(/larder listens[\s\S]*\n\n$/);
    assert.ok(lines.includes(`export PIP_INDEX_URL=${given.url}/py/simple/\n`), lines);
    assert.equal(await askHttp2(given.url, ca), "content of /hello");
    given.process.child.kill("SIGTERM");
    assert.equal((await given.process.ended).code, 0);
  });

  const cert = join(folder, "none.pem");
  const wrong: readonly (readonly [args: readonly string[], line: RegExp])[] = [
    [["--tls-cert", cert, "--tls-key", cert], /^larder: tls-cert: \S*none\.pem can't be read \(ENOENT\)\n$/],
    [
      ["--tls-cert", import.meta.filename, "--tls-key", import.meta.filename],
      /^larder: tls-cert .* can't be used together: /,
    ],
    [["--tls-cert", cert], /^larder: tls-key: missing; the private key of tls-cert\n$/],
  ];
  for (const [args, line] of wrong)
    test(`${args.length / 2} wrong: one line and an exit code`, async () => {
      const mount = ["--mount", "/=http:http://site.example/", "--listen", "127.0.0.1:0", "--data", newFolder()];
      const { code, err } = await larder("gateway", ...mount, ...args).ended;
      assert.match(err, line);
      assert.notEqual(code, 0);
    });
});
