import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { folder, larder } from "./process.ts";
import { program } from "./program.ts";

const upstream = createServer((request, response) => {
  if (request.url === "/slow") {
    response.write("begun, ");
    release.promise.then(() => response.end("done"));
  } else response.end(`content of ${request.url}`);
});
const release = Promise.withResolvers<void>();
let site = "";
before(async () => {
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  site = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/`;
});
after(() => upstream.close());

/** A gateway in front of that site, with a data folder of its own. */
const gateway = (name: string, ...more: readonly string[]) =>
  larder("gateway", "--listen", "127.0.0.1:0", "--data", join(folder, name), "--mount", `/=http:${site}`, ...more);
const listens = /larder listens on (http:\/\/127\.0\.0\.1:(\d+))\n/;

describe("larder", { concurrency: 4 }, () => {
  test("--version", async () => {
    const { code, out } = await larder("--version").ended;
    assert.match(out, /^larder \d+\.\d+\.\d+\n$/);
    assert.equal(code, 0);
  });

  test("--help names the commands and the exit codes", async () => {
    const { code, out } = await larder("--help").ended;
    assert.match(out, /^ {2}gateway /m);
    assert.match(out, /^Exit codes:/m);
    assert.equal(code, 0);
  });

  test("gateway --help has an example, every option, every key of the file", async () => {
    const { code, out } = await larder("gateway", "--help").ended;
    for (const word of ["--listen <HOST:PORT>", "--mount <PREFIX=FORMAT:WHAT>", "--fresh <SECONDS>", "--offline"]) {
      assert.ok(out.includes(word), word);
    }
    assert.match(out, /larder gateway --listen 127\.0\.0\.1:8080 --mount \/pypi\/=pypi:https:/);
    assert.match(out, /^ {2}password-env {2}/m);
    assert.match(out, /^Exit codes:/m);
    assert.equal(code, 0);
  });

  const wrong: readonly (readonly [args: readonly string[], line: RegExp])[] = [
    [["gatway"], /^larder: unknown command 'gatway' \(Did you mean gateway\?\)\n$/],
    [["gateway", "--fesh", "5"], /^larder: unknown option '--fesh' \(Did you mean --fresh\?\)\n$/],
    [["gateway", "--listen"], /^larder: option '--listen <HOST:PORT>' argument missing\n$/],
    [["gateway", "extra"], /^larder: [^\n]*extra[^\n]*\n$|^larder: too many arguments[^\n]*\n$/],
    [
      ["gateway", "--fresh", "soon"],
      /^larder: --fresh: expected seconds, a number from 0 on, or a text such as "36 hours" or "7 days", not "soon"\n$/,
    ],
    [["gateway"], /^larder: no index: [^\n]* pass --mount [^\n]*\n$/],
  ];
  for (const [args, line] of wrong) {
    test(`${args.join(" ")} is one line and exit 2`, async () => {
      const { code, err, out } = await larder(...args).ended;
      assert.match(err, line);
      assert.equal(out, "");
      assert.equal(code, 2);
    });
  }

  test("without a command: its help, and exit 2", async () => {
    const { code, err } = await larder().ended;
    assert.match(err, /^Usage: larder /);
    assert.equal(code, 2);
  });
});

describe("larder gateway", { concurrency: 4 }, () => {
  test("serves, logs each request, says at start what it does and what to paste", async () => {
    const process = gateway(
      "a",
      "--mount",
      `/py/=pypi:http://user:secret@index.example/simple`,
      "--log-format",
      "json",
    );
    const [, url] = await process.says(listens);
    const [start] = await process.says(/larder listens[\s\S]*\n\n$/);
    assert.match(start, new RegExp(`^ {2}/ {2}http at ${site}$`, "m"));
    assert.match(start, /^ {2}\/py\/ {2}pypi at http:\/\/index\.example\/simple\/ {2}\(with credentials\)$/m);
    assert.doesNotMatch(start, /secret|user:/);
    assert.ok(start.includes(`data in ${join(folder, "a")}`));
    assert.ok(start.includes(`export UV_DEFAULT_INDEX=${url}/py/simple/\n`));
    assert.ok(start.includes(`export PIP_INDEX_URL=${url}/py/simple/ PIP_TRUSTED_HOST=127.0.0.1\n`));

    assert.equal(await (await fetch(`${url}/hello?token=secret`)).text(), "content of /hello?token=secret");
    process.child.kill("SIGTERM");
    const { code, out } = await process.ended;
    assert.equal(code, 0);
    const [line, ...others] = out
      .trimEnd()
      .split("\n")
      .map((text) => JSON.parse(text));
    assert.equal(line.path, "/hello?token=***");
    assert.deepEqual([line.method, line.status, line.mount], ["GET", 200, "/"]);
    assert.match(line.cache, /^larder; fwd=uri-miss/);
    assert.match(others[0].msg, /^told to stop \(SIGTERM\)/);
  });

  test("metrics and health on --admin", async () => {
    const process = gateway("b", "--admin", "127.0.0.1:0");
    const [, url] = await process.says(listens);
    const [, admin] = await process.says(/metrics and health at (http:\/\/127\.0\.0\.1:\d+)\//);
    await (await fetch(`${url}/hello`)).text();
    const metrics = await (await fetch(`${admin}/-/metrics`)).text();
    assert.match(metrics, /^larder_requests_total\{mount="\/",status="200",cache="uri-miss"\} 1$/m);
    assert.match(metrics, /^larder_store_responses \d+$/m);
    assert.match(metrics, /^larder_upstream_catches 0$/m);
    assert.match(metrics, /^larder_upstreams_distrusted 0$/m);
    assert.equal((await fetch(`${admin}/-/healthz`)).status, 200);
    process.child.kill("SIGINT");
    assert.equal((await process.ended).code, 0);
  });

  test("an address that is in use", async () => {
    const first = gateway("c");
    const [, , port] = await first.says(listens);
    const { code, err } = await larder(
      "gateway",
      "--listen",
      `127.0.0.1:${port}`,
      "--data",
      join(folder, "c2"),
      "--mount",
      `/=http:${site}`,
    ).ended;
    assert.match(
      err,
      new RegExp(`^larder: 127\\.0\\.0\\.1:${port} is in use; stop what [^\\n]*--listen HOST:PORT\\n$`),
    );
    assert.equal(code, 1);
    first.child.kill("SIGTERM");
    await first.ended;
  });

  test("a data folder that is in use", async () => {
    const first = gateway("d");
    await first.says(listens);
    const { code, err } = await gateway("d").ended;
    assert.match(err, /^larder: [^\n]*\n$/);
    assert.ok(err.includes(join(folder, "d")), err);
    assert.equal(code, 1);
    first.child.kill("SIGTERM");
    assert.equal((await first.ended).code, 0);
  });

  test("a stop signal lets what runs finish; a second one does not", async () => {
    for (const twice of [true, false]) {
      const process = gateway(`e${twice}`, "--log-format", "text");
      const [, url, port] = await process.says(listens);
      const response = await fetch(`${url}/slow`);
      // two at once are one: npm passes on what the terminal has sent to all
      process.child.kill("SIGTERM");
      process.child.kill("SIGTERM");
      // no new connection is taken: then it has heard the signal
      for (let refused = false; !refused; ) {
        const socket = connect(Number(port), "127.0.0.1");
        refused = await once(socket, "connect").then(
          () => false,
          () => true,
        );
        socket.destroy();
      }
      if (twice) {
        const again = setInterval(() => process.child.kill("SIGTERM"), 50);
        await assert.rejects(response.text());
        assert.equal((await process.ended).code, 128 + 15);
        clearInterval(again);
      } else {
        release.resolve();
        assert.equal(await response.text(), "begun, done");
        assert.equal((await process.ended).code, 0);
      }
    }
  });
});

for (const version of ["20.1.0", "24.4.9"])
  test(`node ${version} says which one is needed`, async () => {
    // the file that runs first, in a process whose version is another
    const lie = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`;
    const child = spawn(process.execPath, ["--import", `data:text/javascript,${encodeURIComponent(lie)}`, program], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let err = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (err += text));
    const [code] = await once(child, "close");
    assert.ok(err.startsWith(`larder needs node 24.5 or newer; this is node ${version} `), err);
    assert.equal(err.trimEnd().split("\n").length, 1);
    assert.equal(code, 1);
  });
