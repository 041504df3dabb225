/** What a request target names: the path with query as received, and the authority where the target has one. */
export type CheckedTarget =
  | { readonly type: "path"; readonly path: string; readonly authority: string | undefined }
  | { readonly type: "server" }
  | { readonly type: "refused"; readonly status: 400 | 414; readonly because: string };

/** Octets a target may have; RFC 9110 §4.1 asks for at least 8000. */
const longest = 8192;

/** Nothing that a normalisation could change, as long as no segment starts with a dot: nearly every real target. */
const plain = /^\/[\w.~!$&'()*+,;=:@/?-]*$/;

const refused = (because: string, status: 400 | 414 = 400): CheckedTarget => ({ type: "refused", status, because });

/**
 * The policy for request targets (RFC 9112 §3.2), in one place. Nothing is normalised: what passes goes on as it came,
 * encoded slashes included, so that no two parts of the way can read it differently. What could be read as another
 * path is refused: dot segments, also encoded ones, backslashes, raw control or non-ASCII octets, a fragment.
 * @param target the request target of the request line
 */
export function checkTarget(method: string, target: string): CheckedTarget {
  if (target.length > longest) return refused(`the request target is longer than ${longest} octets`, 414);
  if (plain.test(target) && !target.includes("/.")) return { type: "path", path: target, authority: undefined };
  if (target === "*") {
    return method === "OPTIONS" ? { type: "server" } : refused("the target * is only for OPTIONS");
  }
  const absolute = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(target);
  if (absolute === null) {
    if (!target.startsWith("/")) return refused("the request target must start with / or be an absolute http URI");
    return checkPath(target, undefined);
  }
  const [, scheme = "", authority = "", rest = ""] = absolute;
  if (!/^https?$/i.test(scheme)) return refused(`targets with the scheme ${scheme} are not served`);
  const wrong = checkAuthority(authority);
  if (wrong !== undefined) return refused(wrong);
  return checkPath(rest.startsWith("/") ? rest : `/${rest}`, authority);
}

/**
 * Whether a Host field or a target's authority is one that can be used (RFC 9110 §4.2, §7.2).
 * @returns what is wrong with it, or undefined
 */
export function checkAuthority(authority: string): string | undefined {
  if (authority === "") return "the host is empty";
  if (authority.includes("@")) return "user information in the host is not allowed";
  if (!/^(?:\[[0-9a-f:.]+\]|[\w.~!$&'()*+,;=%-]+)(?::\d{0,5})?$/i.test(authority)) return "the host is malformed";
  return undefined;
}

function checkPath(pathAndQuery: string, authority: string | undefined): CheckedTarget {
  // the characters first: what follows may then think in visible ASCII
  if (/[^\x21-\x7e]/.test(pathAndQuery)) {
    return refused("the request target holds a control character, a space or a raw non-ASCII octet: percent-encode it");
  }
  if (pathAndQuery.includes("#")) return refused("the request target holds a fragment (#)");
  const query = pathAndQuery.indexOf("?");
  const path = query < 0 ? pathAndQuery : pathAndQuery.slice(0, query);
  if (path.includes("\\")) return refused("the path holds a backslash");
  if (/%(?![0-9a-f]{2})/i.test(path)) return refused("the path holds a % that encodes nothing");
  if (/%[01][0-9a-f]|%7f/i.test(path)) return refused("the path holds an encoded control character");
  // as a careless server behind us could read it: encoded slashes and backslashes part segments, too
  const segments = path.replace(/%2e/gi, ".").split(/\/|%2f|%5c/i);
  if (segments.some((segment) => segment === "." || segment === "..")) return refused("the path holds a dot segment");
  return { type: "path", path: pathAndQuery, authority };
}
