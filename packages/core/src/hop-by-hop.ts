import { connection } from "./connection.ts";
import type { Fields } from "./fields.ts";

/** Fields that belong to one connection, whether or not Connection names them (RFC 9110 §7.6.1). */
const perConnection = ["connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"];
/** Fields of the proxy in between, which are not kept either (RFC 9111 §3.1). */
const perProxy = ["proxy-authenticate", "proxy-authentication-info", "proxy-authorization"];

const ofHop = [...perConnection, ...perProxy];

/** Whether a field, named in lower case, says something about one connection; HTTP/2 has none such (RFC 9113 §8.2.2). */
export const belongsToConnection = (name: string): boolean => perConnection.includes(name);

/** The fields that go on to the next hop (RFC 9110 §7.6.1). */
export function endToEnd(fields: Fields): Fields {
  const kept = fields.without(ofHop);
  if (kept === fields) return fields;
  const named = fields.read(connection).filter((name) => kept.has(name));
  return named.length === 0 ? kept : kept.without(named);
}
