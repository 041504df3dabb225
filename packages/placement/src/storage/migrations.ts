/** The tables, as a list of steps: a database that has taken N of them takes the others in order. Steps never change. */

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

export const migrations: readonly Migration[] = [
  {
    name: "first tables",
    sql: `
      create table resource_classes (
        id integer primary key, name text not null unique, modified integer not null) strict;
      create table traits (
        id integer primary key, name text not null unique, modified integer not null) strict;
      create table resource_providers (
        position integer primary key, uuid text not null unique, name text not null unique,
        generation integer not null, parent text, modified integer not null) strict;
      create table inventories (
        provider text not null references resource_providers (uuid) on delete cascade,
        class_id integer not null references resource_classes (id),
        total integer not null, reserved integer not null, min_unit integer not null, max_unit integer not null,
        step_size integer not null, allocation_ratio real not null, modified integer not null,
        primary key (provider, class_id)) strict, without rowid;
      create table provider_traits (
        provider text not null references resource_providers (uuid) on delete cascade,
        trait_id integer not null references traits (id),
        primary key (provider, trait_id)) strict, without rowid;
      create table provider_aggregates (
        provider text not null references resource_providers (uuid) on delete cascade,
        position integer not null, aggregate text not null,
        primary key (provider, position)) strict, without rowid;
      create table consumers (
        position integer primary key, uuid text not null unique, generation integer not null,
        project text not null, user text not null, type text) strict;
      create table allocations (
        consumer text not null references consumers (uuid) on delete cascade,
        position integer not null,
        provider text not null references resource_providers (uuid),
        class_id integer not null, amount integer not null, modified integer not null,
        primary key (consumer, position)) strict, without rowid;
      create index inventories_class on inventories (class_id);
      create index provider_traits_trait on provider_traits (trait_id);
      create index allocations_provider on allocations (provider);
      create table changes (
        number integer primary key, facts text not null) strict;
      create table database (
        one integer primary key check (one = 1), id text not null, number integer not null) strict;
    `,
  },
];
