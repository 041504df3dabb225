// `npm run conformance:around [-- --only TEXT]`: what stands around a Python index: lock files led through Larder and
// back, warming, a mount carried over an air gap, clients that are set up. Real uv and pip, an upstream on loopback.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { expect, playCases, well } from "./cases.ts";
import { type Finished, larder, root, run, scratch, startGateway } from "./process.ts";
import { prepareProjectClients } from "./project-clients.ts";
import { clients, environment, preparePython, runPython } from "./python.ts";
import { startUpstream } from "./upstream/index.ts";
import { sdist, wheel } from "./upstream/packages.ts";

const { values: options } = parseArgs({ options: { only: { type: "string", default: "" } } });

/** An index with a wheel that needs another one, and a source distribution. */
async function demoIndex() {
  const upstream = await startUpstream();
  upstream.publish("demo", wheel("demo", "1.0", ["demo-base>=1"]));
  upstream.publish("demo-base", wheel("demo-base", "1.0"));
  upstream.publish("demo-sdist", sdist("demo-sdist", "1.0"));
  return upstream;
}

/** uv writes its own command line into what it exports. */
const uncommented = (file: string) => readFileSync(file, "utf8").replace(/^#.*$/gm, "");

const project = `[project]
name = "app"
version = "1"
requires-python = ">=3.9"
dependencies = ["demo", "demo-sdist"]
`;

const cases: Readonly<Record<string, () => Promise<void>>> = {
  "uv.lock through the gateway and back": async () => {
    const upstream = await demoIndex();
    const gateway = await startGateway({ mounts: [`/pypi/=pypi:${upstream.index}`] });
    const index = `${gateway.url}/pypi/simple/`;
    const folder = scratch("app");
    const lockFile = join(folder, "uv.lock");
    const lock = () => readFileSync(lockFile, "utf8");
    const uv = (at: string, ...args: string[]) =>
      runPython(["uv", ...args, "--default-index", at, "--cache-dir", scratch("cache")], folder);
    const rewrite = (...args: string[]) =>
      run([...larder, "lock", "rewrite", lockFile, "--upstream", upstream.index, "--write", ...args]);
    writeFileSync(join(folder, "pyproject.toml"), project);

    well(await uv(index, "lock"));
    const ours = lock();
    expect("the lock leads through the gateway", ours.includes(`"${gateway.url}/pypi/files/demo/`));
    well(await rewrite("--to-upstream", "--gateway", index));
    expect("nothing of the gateway is left", !lock().includes(gateway.url));
    const asked = upstream.log.length;
    well(await uv(upstream.index, "lock", "--check"));
    well(await uv(upstream.index, "sync", "--frozen"));
    expect("uv fetched from the upstream itself", upstream.log.length > asked);
    well(await rewrite("--to", index));
    expect("there and back it is the same text", lock() === ours);
    well(await uv(index, "lock", "--check"));
    well(await uv(index, "sync", "--frozen", "--reinstall"));

    // a pylock.toml of uv's, and a list of requirements with its index, back to the upstream, without the gateway
    const others = { "pylock.toml": [], "requirements.txt": ["--emit-index-url"] };
    for (const [name, args] of Object.entries(others))
      well(await uv(index, "export", "--frozen", "--no-emit-project", ...args, "-o", name));
    await gateway.stop();
    for (const name of Object.keys(others)) {
      const file = join(folder, name);
      const back = ["--to-upstream", "--gateway", index, "--upstream", upstream.index, "--write"];
      well(await run([...larder, "lock", "rewrite", file, ...back]));
      expect(`nothing of the gateway is left in ${name}`, !uncommented(file).includes(gateway.url));
      const target = ["--target", join(scratch("target"), "site"), "--cache-dir", scratch("cache")];
      well(await runPython(["uv", "pip", "install", "-r", name, ...target], folder));
    }
    await upstream.close();
  },
  "warm, then offline": async () => {
    const upstream = await demoIndex();
    const data = scratch("data");
    const mounts = [`/pypi/=pypi:${upstream.index}`];
    const gateway = await startGateway({ mounts, data });
    const folder = scratch("app");
    const warm = (...args: string[]) =>
      run([...larder, "warm", ...args, "--gateway", `${gateway.url}/pypi/`, "--json"]);
    const told = ({ stdout }: Finished) => JSON.parse(stdout);
    const requirements = join(folder, "requirements.txt");
    writeFileSync(requirements, "demo==1.0\ndemo-base\n");

    const first = await warm(requirements);
    well(first);
    expect("two wheels and their metadata were fetched", told(first).fetched === 4);
    const before = upstream.log.length;
    const again = await warm(requirements);
    expect("once more: all of it was there", told(again).stored === 4 && told(again).fetched === 0);
    expect(
      "and no file was asked for",
      upstream.log.slice(before).every(({ path }) => !path.includes("/files/")),
    );
    writeFileSync(requirements, "demo==1.0\nno-such-thing\n");
    const missing = await warm(requirements);
    expect(
      "what is missing is told, and by the exit code",
      missing.status === 1 && told(missing).missing[0].what === "no-such-thing",
    );
    await gateway.stop();
    await upstream.close();

    const offline = await startGateway({ mounts, data, args: ["--offline"] });
    const index = `${offline.url}/pypi/simple/`;
    for (const client of ["uv", "pip"] as const) {
      const install = (wanted: string) =>
        clients[client]({ index, wanted: [wanted], cache: scratch("cache"), target: join(scratch("target"), "site") });
      well(await install("demo"));
      const fails = await install("demo-sdist");
      expect(`${client} fails for what is not there`, fails.status !== 0);
    }
    const { detail } = (await (await fetch(`${index}demo-sdist/`)).json()) as { detail: string };
    expect("what is not there is named", detail.includes("offline and has not stored the page of demo-sdist"));
    await offline.stop();
  },
  "over an air gap": async () => {
    const upstream = await demoIndex();
    const mount = `/pypi/=pypi:${upstream.index}`;
    const data = scratch("data");
    const gateway = await startGateway({ mounts: [mount], data });
    const requirements = join(scratch("app"), "requirements.txt");
    writeFileSync(requirements, "demo\ndemo-base\ndemo-sdist\n");
    well(await run([...larder, "warm", requirements, "--gateway", `${gateway.url}/pypi/`]));
    const page = async (at: string) => (await fetch(`${at}/pypi/simple/demo/`)).text();
    const before = await page(gateway.url);
    const archive = join(scratch("archive"), "larder.tar");
    const carry = (command: string, ...args: string[]) => run([...larder, command, ...args, "--mount", mount]);

    const inUse = await carry("export", "/pypi/", archive, "--data", data);
    expect("not while the gateway runs", inUse.status === 1 && inUse.output.includes("is in use by another process"));
    await gateway.stop();
    await upstream.close();
    well(await carry("export", "/pypi/", archive, "--data", data));
    expect("any tar reads it", (await run(["tar", "-tf", archive])).stdout.includes("larder-export.json"));

    const damaged = `${archive}.damaged.tar`;
    const octets = readFileSync(archive);
    octets[octets.indexOf("PK\x03\x04") + 1000]! ^= 1;
    writeFileSync(damaged, octets);
    const there = scratch("data");
    const refused = await carry("import", damaged, "--data", there);
    expect(
      "a damaged one is refused and named",
      refused.status === 1 && /which is .*, is damaged/.test(refused.output),
    );
    well(await carry("import", archive, "--data", there));

    const offline = await startGateway({ mounts: [mount], data: there, args: ["--offline"] });
    expect("the page is the same", (await page(offline.url)) === before);
    for (const client of ["uv", "pip"] as const) {
      const target = join(scratch("target"), "site");
      const index = `${offline.url}/pypi/simple/`;
      well(await clients[client]({ index, wanted: ["demo", "demo-sdist"], cache: scratch("cache"), target }));
    }
    await offline.stop();
  },
  "clients that are set up": async () => {
    const upstream = await demoIndex();
    const gateway = await startGateway({ mounts: [`/pypi/=pypi:${upstream.index}`] });
    const programs = await prepareProjectClients();
    const home = scratch("home");
    const path = [join(programs("python"), ".."), environment.PATH].join(":");
    const env = { ...environment, HOME: home, PATH: path, PDM_CHECK_UPDATE: "false", NO_COLOR: "1" };
    const folder = scratch("app");
    const uvFile = join(home, ".config/uv/uv.toml");
    const pipFile = join(home, ".config/pip/pip.conf");
    for (const file of [uvFile, pipFile]) mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(uvFile, "compile-bytecode = false # ours\n");
    writeFileSync(pipFile, "[global]\ntimeout = 30\ntrusted-host = other.example\n");
    writeFileSync(join(folder, "pyproject.toml"), `${project}# ours\n`);
    const target = () => join(scratch("target"), "site");
    const python = programs("python");
    const works: Readonly<Record<string, readonly string[]>> = {
      uv: ["uv", "pip", "install", "demo", "--target", target(), "--python", python],
      pip: [join(environment.PATH.split(":")[0]!, "python"), "-m", "pip", "install", "demo", "--target", target()],
      poetry: ["poetry", "lock", "--no-interaction"],
      pdm: ["pdm", "lock"],
    };
    // started without a PATH of its own
    const plain = [join(root, "node_modules/.bin/node"), join(root, "packages/cli/bin/larder.js")];
    for (const [client, command] of Object.entries(works)) {
      well(await run([...plain, "use", client, "--write", "--url", `${gateway.url}/pypi/`], { env, cwd: folder }));
      const asked = upstream.log.length;
      well(await run(command, { env, cwd: folder, seconds: 120 }));
      if (client === "uv") expect("uv asked through the gateway", upstream.log.length > asked);
    }
    expect("uv's file keeps the rest", readFileSync(uvFile, "utf8").startsWith("compile-bytecode = false # ours\n"));
    const pip = readFileSync(pipFile, "utf8");
    expect(
      "pip's file keeps the rest",
      /timeout = 30/.test(pip) && /trusted-host = other\.example 127\.0\.0\.1/.test(pip),
    );
    expect(
      "the project keeps the rest",
      readFileSync(join(folder, "pyproject.toml"), "utf8").includes(`${project}# ours`),
    );
    await gateway.stop();
    await upstream.close();
  },
};

await preparePython();
process.exit((await playCases(cases, options.only)) === 0 ? 0 : 1);
