// `npm run conformance:group [-- --only TEXT]`: several indexes as one, and an index with a mirror, as uv and pip see them.
// What may come from where is the point: each case has an index that offers more than it should be asked for.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { expect, playCases, well } from "./cases.ts";
import { type Gateway, larder, run, scratch, startGateway } from "./process.ts";
import { clients, preparePython, runPython } from "./python.ts";
import { startUpstream } from "./upstream/index.ts";
import { type Package, wheel } from "./upstream/packages.ts";

const { values: options } = parseArgs({ options: { only: { type: "string", default: "" } } });
const names = ["uv", "pip"] as const;

async function indexOf(...packages: readonly [project: string, file: Package][]) {
  const upstream = await startUpstream({ fresh: 0 });
  for (const [project, file] of packages) upstream.publish(project, file);
  return {
    ...upstream,
    pages: () => upstream.log.map(({ path }) => path).filter((path) => path.startsWith("/simple/")),
  };
}

/** Installs into a new folder with a cold client. */
async function install(client: "uv" | "pip", index: string, wanted: string, args: readonly string[] = []) {
  const target = join(scratch("target"), "site");
  const done = await clients[client]({ index, wanted: [wanted], cache: scratch("cache"), target, args });
  const version = (module: string): string | undefined => {
    const file = join(target, module, "__init__.py");
    return existsSync(file) ? /"(.*)"/.exec(readFileSync(file, "utf8"))?.[1] : undefined;
  };
  return { ...done, version };
}

/** A gateway from a file. */
async function configured(toml: string): Promise<Gateway> {
  const file = join(scratch("config"), "larder.toml");
  writeFileSync(file, toml);
  return startGateway({ mounts: [], args: ["--config", file] });
}

const cases: Readonly<Record<string, () => Promise<void>>> = {
  "hosted and proxied as one: a hosted name never comes from the public index, whatever fails": async () => {
    const upstream = await indexOf(
      ["demo", wheel("demo", "1.0")],
      ["acme-base", wheel("acme-base", "99.0")],
      ["acme-web", wheel("acme-web", "99.0")],
    );
    const data = scratch("data");
    const mounts = ["/private/=hosted:", `/pypi/=pypi:${upstream.index}`, "/all/=group:/pypi/,/private/"];
    const gateway = await startGateway({ mounts, data });
    const made = await run([...larder, "token", "create", "--data", data, "--mount", "/private/", "--may", "admin"]);
    well(made);
    const token = made.stdout.trim();
    const dist = scratch("dist");
    const write = ({ filename, content }: Package): string => {
      writeFileSync(join(dist, filename), content);
      return join(dist, filename);
    };
    const legacy = `${gateway.url}/private/legacy/`;
    well(
      await runPython(
        ["uv", "publish", "--publish-url", legacy, "--token", token, write(wheel("acme-base", "1.0"))],
        dist,
      ),
    );
    const web = write(wheel("acme-web", "1.0", ["acme-base", "demo"]));
    const twine = ["twine", "upload", "--non-interactive", "--repository-url", legacy, "-u", "__token__", "-p", token];
    well(await runPython([...twine, web], dist));

    const known = `${gateway.url.replace("//", `//__token__:${token}@`)}/all/simple/`;
    for (const client of names) {
      const done = await install(client, known, "acme-web");
      well(done);
      const got = [done.version("acme_web"), done.version("acme_base"), done.version("demo")];
      expect(`${client} has each from where it belongs: ${got}`, got.join() === "1.0,1.0,1.0");
      const anonymous = await install(client, `${gateway.url}/all/simple/`, "acme-base");
      expect(`${client} without a token gets nothing private, and nothing in its place`, anonymous.status !== 0);
    }
    const deleted = await fetch(`${gateway.url}/private/files/acme-base/-/acme_base-1.0-py3-none-any.whl`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${token}` },
    });
    expect("deleted", deleted.status === 200);
    for (const client of names) {
      const done = await install(client, known, "acme-base");
      expect(`${client} finds no other one when the file is deleted`, done.status !== 0);
    }
    const heard = upstream.pages().filter((path) => path.includes("acme"));
    expect(`the public index never heard of a hosted name: ${heard}`, heard.length === 0);
    await gateway.stop();
    await upstream.close();
  },

  "a name that is listed comes from its owner or not at all; uv goes on to its next index at a certain 404 only":
    async () => {
      const internal = await indexOf(["wiki", wheel("wiki", "1.0")]);
      const open = await indexOf(["wiki", wheel("wiki", "99.0")], ["demo", wheel("demo", "1.0")]);
      const elsewhere = await indexOf(
        ["wiki", wheel("wiki", "99.0")],
        ["later", wheel("later", "1.0")],
        ["demo", wheel("demo", "99.0")],
      );
      const gateway = await configured(`
      [[mount]]
      prefix = "/internal/"
      format = "pypi"
      upstream = "${internal.index}"
      [[mount]]
      prefix = "/open/"
      format = "pypi"
      upstream = "${open.index}"
      [[mount]]
      prefix = "/all/"
      format = "group"
      members = ["/open/", "/internal/"]
      owners = { "/internal/" = ["wik*"] }
    `);
      const group = `${gateway.url}/all/simple/`;
      // uv: the group first, then another index that has everything
      const next = ["--index", group];
      const late = await install("uv", elsewhere.index, "later", next);
      expect("uv goes on for what the group certainly has not", late.status === 0 && late.version("later") === "1.0");
      internal.switchTo("503 always");
      for (const client of names) {
        const done = await install(client, group, "wiki");
        expect(
          `${client} gets no wiki while its owner is away`,
          done.status !== 0 && done.version("wiki") === undefined,
        );
      }
      const confused = await install("uv", elsewhere.index, "wiki", next);
      expect(
        "uv does not go on to the next index either",
        confused.status !== 0 && confused.version("wiki") === undefined,
      );
      open.switchTo("503 always");
      const unknown = await install("uv", elsewhere.index, "demo", next);
      expect("nor for a name of a member that is away", unknown.status !== 0 && unknown.version("demo") === undefined);
      for (const upstream of [internal, open]) upstream.switchTo("none");
      for (const client of names) {
        const done = await install(client, group, "wiki");
        expect(`${client} gets the owner's when it is back`, done.status === 0 && done.version("wiki") === "1.0");
      }
      expect("the other member never heard the name", !open.pages().some((path) => path.includes("wiki")));
      await gateway.stop();
      for (const upstream of [internal, open, elsewhere]) await upstream.close();
    },

  "an index with a mirror: installs and locks go on, and the lock file stays": async () => {
    const packages: readonly [string, Package][] = [
      ["demo", wheel("demo", "1.0", ["demo-base"])],
      ["demo-base", wheel("demo-base", "1.0")],
    ];
    const [own, mirror] = [await indexOf(...packages), await indexOf(...packages)];
    for (const upstream of [own, mirror]) upstream.switchTo("html only"); // with relative links
    const gateway = await startGateway({ mounts: [`/pypi/=pypi:${own.index},${mirror.index}`] });
    const index = `${gateway.url}/pypi/simple/`;
    const folder = scratch("app");
    const project = '[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.9"\ndependencies = ["demo"]\n';
    writeFileSync(join(folder, "pyproject.toml"), project);
    const lock = async () => {
      well(
        await runPython(["uv", "lock", "--upgrade", "--default-index", index, "--cache-dir", scratch("cache")], folder),
      );
      return readFileSync(join(folder, "uv.lock"), "utf8");
    };
    const before = await lock();
    expect("the mirror is not asked while the index is there", mirror.log.length === 0);
    await own.close();
    for (const client of names) {
      const done = await install(client, index, "demo");
      well(done);
      expect(`${client} has both`, done.version("demo") === "1.0" && done.version("demo_base") === "1.0");
    }
    expect("the lock file is the same", (await lock()) === before);
    const { headers } = await fetch(`${index}demo/`);
    const status = headers.get("cache-status") ?? "";
    expect(`Cache-Status says which one answered: ${status}`, status.includes(`from ${new URL(mirror.index).host}"`));
    expect("what neither can say for certain is no 404", (await fetch(`${index}unheard-of/`)).status === 502);
    await gateway.stop();
    await mirror.close();
  },
};

await preparePython();
process.exit((await playCases(cases, options.only)) === 0 ? 0 : 1);
