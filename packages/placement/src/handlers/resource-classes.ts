import { type Answer, newestOf, noContent, ofEntity } from "../api/answer.ts";
import { type Call, checkJson } from "../api/call.ts";
import { resourceClass } from "../api/schemas.ts";
import { classOf, createClass, deleteClass, renameClass } from "../domain/definitions.ts";
import type { World } from "../domain/world.ts";
import { badRequest } from "../refusal.ts";

const path = ({ prefix }: Call, name: string): string => `${prefix}/resource_classes/${name}`;

const render = (call: Call, name: string) => ({ name, links: [{ rel: "self", href: path(call, name) }] });

/** GET /resource_classes: standard ones first. */
export function listClasses(call: Call, world: World): Answer {
  const classes = () => world.classes.byId.values();
  return {
    status: 200,
    body: () => ({ resource_classes: Array.from(classes(), ({ name }) => render(call, name)) }),
    modified: (now) => newestOf(classes())(now),
    stamp: world.changed.classes,
  };
}

/** GET /resource_classes/{name} */
export function getClass(call: Call, world: World): Answer {
  const found = classOf(world, call.params.name!);
  return {
    status: 200,
    body: () => render(call, found.name),
    modified: ofEntity(found),
    stamp: found.changed,
  };
}

/** POST /resource_classes */
export function postClass(call: Call, world: World): Answer {
  const { name } = call.body<{ name: string }>();
  return { status: 201, location: path(call, name), changes: createClass(world, name, call.now) };
}

/** 1.2 to 1.6: another name. */
function rename(call: Call, world: World): Answer {
  const { name } = call.body<{ name: string }>();
  const changes = renameClass(world, classOf(world, call.params.name!), name, call.now);
  return { status: 200, body: () => render(call, name), changes };
}

/** PUT /resource_classes/{name}, from 1.7: see to it that it exists. Upstream reads the name as a part of JSON. */
export function putClass(call: Call, world: World): Answer {
  if (!call.version.has.putResourceClass) return rename(call, world);
  const name = call.params.name!;
  if (/["\\\p{Cc}]/u.test(name))
    throw badRequest(`Malformed JSON: the name ${JSON.stringify(name)} can't stand in JSON`);
  checkJson({ name }, resourceClass);
  const location = path(call, name);
  if (world.classes.id(name) !== undefined) return { status: 204, location, changes: [] };
  return { status: 201, location, changes: createClass(world, name, call.now) };
}

/** DELETE /resource_classes/{name} */
export const deleteOneClass = ({ params }: Call, world: World): Answer => noContent(deleteClass(world, params.name!));
