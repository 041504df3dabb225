import { getCACertificates, setDefaultCACertificates } from "node:tls";
import {
  allMountSettings,
  gatewaySettings,
  overrideSettings,
  policySettings,
  type ReadConfig,
  readConfig,
  ruleSettings,
  runGateway,
  sharedSettings,
} from "@larder/gateway";
import { createMetrics, listenAdmin, openLogs, untilStopped } from "@larder/server";
import type { Command } from "commander";
import { exit, exitCodes, explain } from "./exit.ts";
import { addSettings, describeSettings, optionValues, repeated } from "./options.ts";
import { startLines } from "./start-lines.ts";

const settings = { ...gatewaySettings, ...sharedSettings };

const more = `
Without --mount and --config the index that uv or pip use on this machine is mounted at /pypi/.

Example:
  larder gateway --listen 127.0.0.1:8080 --mount /pypi/=pypi:https://index.example/simple/
  uv pip install --index-url http://127.0.0.1:8080/pypi/simple/ PACKAGE

A configuration file is TOML. At its top, for the whole gateway:
${describeSettings(gatewaySettings)}
at its top for all mounts, or in one of them:
${describeSettings(sharedSettings)}
under each [[mount]]:
${describeSettings(allMountSettings)}
under each [[mount.override]] of an http mount (docs/caching.md; negative = { 404 = 60 } stands in the mount itself):
${describeSettings(overrideSettings)}
under [mount.policy], what of a pypi mount clients don't get (docs/policies.md):
${describeSettings(policySettings)}
under each [[mount.policy.exempt]], [[mount.policy.block]], [[mount.policy.allow]]:
${describeSettings(ruleSettings)}

${exitCodes}`;

/** `larder gateway`: reads its configuration, runs, prints what to paste for uv and pip, and stops when told to. */
export function define(command: Command): void {
  command
    .option(
      "--mount <PREFIX=FORMAT:WHAT>",
      "what to serve where; may be repeated; pypi:URL, http:URL, hosted:, or group:PREFIX,PREFIX",
      repeated,
    )
    .option("--config <FILE>", "read more from a TOML file; the command line counts before it");
  addSettings(command, settings)
    .addHelpText("after", more)
    .action(async (options: Record<string, unknown>) => {
      const interactive = process.stdout.isTTY === true;
      const read = readConfig({
        options: optionValues(options, settings),
        mounts: (options.mount ?? []) as readonly string[],
        file: options.config as string | undefined,
        interactive,
        folder: process.cwd(),
      });
      await run(read, interactive);
    });
}

async function run(read: ReadConfig, interactive: boolean): Promise<void> {
  const { config } = read;
  const logs = openLogs(config.log, { interactive });
  process.on("exit", logs.flush);
  const metrics = config.admin === undefined ? undefined : createMetrics(logs.access);
  let stopping: string | undefined;
  // an index behind a company's own authority works for pip because the system trusts it
  if (config.mounts.some((mount) => "upstream" in mount && mount.upstream.protocol === "https:")) {
    setDefaultCACertificates([...new Set([...getCACertificates("default"), ...getCACertificates("system")])]);
  }
  try {
    const gateway = await runGateway(config, { ...logs, access: metrics?.access ?? logs.access });
    metrics?.alongside(gateway.counted);
    metrics?.gauge("larder_store_bytes", "Octets of content that are kept", () => gateway.size().bytes);
    const lies = "other content for the same validator";
    metrics?.gauge("larder_upstream_catches", `How often an upstream gave ${lies}`, () => gateway.caught().times);
    metrics?.gauge(
      "larder_upstreams_distrusted",
      `Upstreams that gave ${lies} within a day: their 304s are not believed`,
      () => gateway.caught().distrusted,
    );
    metrics?.gauge("larder_store_responses", "Responses that are kept", () => gateway.size().responses);
    const admin =
      config.admin === undefined || metrics === undefined
        ? undefined
        : await listenAdmin({
            ...config.admin,
            log: logs.log,
            metrics,
            unhealthy: () => stopping,
            actions: gateway.actions,
            token: config.adminToken,
          });
    const stopped = untilStopped(
      async () => {
        await gateway.close();
        await admin?.close(0);
      },
      (signal) => {
        stopping = `told to stop (${signal})`;
        logs.log.info(`${stopping}: finishing what runs, ${config.grace} s at most; once more ends it at once`);
      },
    );
    // who reads that it has started may stop it
    process.stderr.write(startLines(gateway, admin?.url, read));
    await stopped;
  } catch (error) {
    exit("failed", explain(error));
  }
  process.exit(0);
}
