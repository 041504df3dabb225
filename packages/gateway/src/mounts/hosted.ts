import type { Timestamp } from "@larder/core";
import {
  type ArtifactRoute,
  fileUrls,
  pypi as format,
  type NoRoute,
  type RedirectRoute,
  type RootRoute,
} from "@larder/formats";
import { ConfigFault, type Incoming, kinds, type Outgoing, problem, readSettings, type Setting } from "@larder/server";
import type { HadShown } from "../document.ts";
import type { Gateway } from "../gateway.ts";
import { access, refusal } from "../hosted/access.ts";
import { answerFile } from "../hosted/file.ts";
import { type Hosted, openHosted } from "../hosted/hosted.ts";
import { answerChange, readChange } from "../hosted/manage.ts";
import { filesAt, hostedPage, linkedName } from "../hosted/page.ts";
import { allows } from "../hosted/tokens.ts";
import { answerUpload } from "../hosted/upload.ts";
import type { Index, MountRoute } from "../mount.ts";
import { type ShownPage, shownPage } from "../pages.ts";
import { answerRoot } from "../root.ts";
import type { MountKind } from "./kind.ts";

/** A mount that holds packages of its own. */
export interface HostedConfig {
  readonly prefix: string;
  readonly format: "hosted";
  /** whether pages and files can be had without a token */
  readonly anonymousRead: boolean;
  /** octets that an uploaded file may have */
  readonly mostFileBytes: number;
}

const settings = {
  "anonymous-read": {
    kind: kinds.flag,
    help: "of a hosted mount: pages and files can be had without a token",
    defaults: "false",
  } satisfies Setting<boolean>,
  "file-limit": {
    kind: kinds.bytes,
    help: "of a hosted mount: octets that an uploaded file may have",
    defaults: "1 GiB",
  } satisfies Setting<number>,
};

/** Packages of one's own: uploaded by twine or `uv publish`, kept in the data folder until somebody deletes them. */
export const hosted: MountKind<HostedConfig> = {
  settings,
  isIndex: true,
  isPrecious: true,
  fromText(what) {
    if (what !== "") throw new ConfigFault(`--mount: nothing follows "hosted:", not ${JSON.stringify(what)}`);
    return {};
  },
  read({ prefix, said, place, folder }) {
    const own = readSettings(settings, said, place, folder);
    return {
      prefix,
      format: "hosted",
      anonymousRead: own["anonymous-read"] ?? false,
      mostFileBytes: own["file-limit"] ?? 1024 ** 3,
    };
  },
  create(config, { data }) {
    const opened = openHosted(data);
    opened.sweep();
    return hostedMount(config, opened);
  },
  describe: ({ anonymousRead }) =>
    `packages of its own${anonymousRead ? ", read by anybody" : ", read with a token"}; upload to legacy/`,
};

/** What is read and is no page of a project. */
type ReadRoute = ArtifactRoute | RootRoute | RedirectRoute | NoRoute;

/** The mount of packages that are in the data folder. */
export function hostedMount(config: HostedConfig, hosted: Hosted): Index {
  const { packages, tokens } = hosted;
  const { prefix } = config;
  const place = { prefix, upstream: filesAt };

  /** what is read: nothing is told of what is there before it is clear that the client may know it */
  function read(gateway: Gateway, route: ReadRoute, incoming: Incoming): Outgoing {
    const { head } = incoming;
    const project = route.type === "artifact" ? route.project : undefined;
    const may = access(tokens, config, head, "read", project, gateway.now());
    if (may.type === "refused") return refusal(may.status, may.because, config);
    switch (route.type) {
      case "artifact": {
        const name = linkedName(route.target);
        if (name === undefined) return problem(404, "No page of this index links such a file.");
        return answerFile(packages, config, route.project, name, head, gateway.now());
      }
      case "root":
        return answerRoot(gateway, index, incoming);
      case "redirect":
        return problem(route.status, `This is at ${route.location}.`, { fields: { Location: route.location } });
      case "none":
        return problem(
          route.status,
          route.because,
          route.allow === undefined ? {} : { fields: { Allow: route.allow } },
        );
    }
  }

  /** made once for each state of the project, also when another process has changed it */
  function shownAt({ pages }: Gateway, project: string, since: Timestamp): ShownPage {
    const key = `${index.keySpace}${project} ${since}`;
    const before = pages.read.get(key)?.shown;
    if (before !== undefined) return before;
    const page = hostedPage(project, packages.files(prefix, project));
    const shown = shownPage(String(since), () => page);
    const octets = 256 * page.files.length;
    pages.read.set(key, { page, octets, shown }, 4 * octets + 4096);
    return shown;
  }

  const index: Index = {
    config,
    keySpace: `hosted ${prefix} `,
    proxies: [],
    route(request): MountRoute {
      const { method, path } = request;
      if (method === "POST" && (path === "legacy/" || path === "legacy"))
        return { type: "own", answer: ({ now }, incoming) => answerUpload(hosted, config, incoming, now) };
      const change = readChange(method, path);
      if (change !== undefined)
        return { type: "own", answer: ({ now }, incoming) => answerChange(hosted, config, change, incoming, now()) };
      const route = format.route(place, request);
      if (route.type === "document") return { type: "document", index, project: route.project };
      return { type: "own", answer: (gateway, incoming) => read(gateway, route, incoming) };
    },
    async page(gateway, project, client): Promise<HadShown> {
      const since = packages.since(prefix, project);
      // who may read something here is told what isn't here: a group looks further for it
      const meant = since === undefined ? undefined : project;
      const may = access(tokens, config, client, "read", meant, gateway.now());
      if (may.type === "refused") return { type: "refused", outgoing: refusal(may.status, may.because, config) };
      if (since === undefined)
        return { type: "refused", outgoing: problem(404, `This index has no project ${project}.`) };
      const shown = shownAt(gateway, project, since);
      return { type: "page", shown, since, private: !config.anonymousRead, cacheStatus: undefined };
    },
    projects(gateway, { fields }) {
      // who may read nothing was refused before
      const may = access(tokens, config, { fields }, "read", undefined, gateway.now());
      if (may.type === "refused") return [];
      const { token } = may;
      const names = packages.projects(prefix);
      return config.anonymousRead || !token ? names : names.filter((name) => allows(token, prefix, "read", name));
    },
    owns: (project) => packages.since(prefix, project) !== undefined,
    location: () => undefined,
    paths: (project) => fileUrls(place, project),
    close: async () => hosted.close(),
  };
  return index;
}
