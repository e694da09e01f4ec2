-- The desk's database: one schema for each process, and each role sees its own alone. Ids are bytes:
-- half the size of text in every index. Columns are an index over exact signed bytes, never their
-- replacement. Times in *_ms come from the node's clock; timestamps are the database's own.

create schema exchange;
create schema home;
create schema bridge;

create table exchange.peer (
  org bytea not null primary key,
  name text not null,
  identity bytea not null,
  operations bytea not null,
  compared_officer text not null,
  compared_method text not null,
  compared_at_ms int8 not null,
  is_frozen bool not null,
  is_suspended bool not null
);

-- The head of a thread; `version` is compared and raised by every write.
create table exchange.thread (
  id bytea not null primary key,
  peer bytea not null,
  originator bytea not null,
  addressee bytea not null,
  status text not null,
  version int8 not null,
  view_hash bytea not null,
  is_closed bool not null,
  opened_at timestamptz not null default now()
) with (fillfactor = 80);
create index thread_opened on exchange.thread (opened_at, id);

-- One statement to several addressees is one row for each: threads are bilateral.
create table exchange.message (
  peer bytea not null,
  id bytea not null,
  thread bytea,
  digest bytea not null,
  direction text not null,
  kind text not null,
  author bytea not null,
  epoch int8 not null,
  number int8 not null,
  at_ms int8 not null,
  learned_at_ms int8 not null,
  signed bytea not null,
  part bytea not null,
  primary key (peer, id)
);
-- Compressing costs more of a FLASH's time than it saves of the disk.
alter table exchange.message alter column signed set storage external;
alter table exchange.message alter column part set storage external;
create index message_thread on exchange.message (thread) where thread is not null;
create index message_digest on exchange.message (digest, peer);

create table exchange.arrival (
  digest bytea not null primary key,
  sender bytea not null,
  code text,
  at_ms int8 not null,
  unit bytea not null
);
alter table exchange.arrival alter column unit set storage external;

create table exchange.custody (
  digest bytea not null,
  by bytea not null,
  thread bytea,
  at_ms int8 not null,
  receipt bytea not null,
  primary key (digest, by)
);
alter table exchange.custody alter column receipt set storage external;
create index custody_thread on exchange.custody (thread) where thread is not null;

create table exchange.refusal (
  digest bytea not null,
  by bytea not null,
  thread bytea,
  code text not null,
  at_ms int8 not null,
  primary key (digest, by)
);
create index refusal_thread on exchange.refusal (thread) where thread is not null;

-- `state` is JSON that only the exchange reads; it is rewritten with every message of the link.
create table exchange.link (
  peer bytea not null primary key,
  version int8 not null,
  state text not null
) with (fillfactor = 50);

create table exchange.obligation (
  thread bytea not null,
  id text not null,
  rule text not null,
  owed_by bytea not null,
  is_ours bool not null,
  bearer text not null,
  about bytea not null,
  start_ms int8 not null,
  due_ms int8 not null,
  end_kind text,
  end_by bytea,
  end_at_ms int8,
  -- True only if `start_ms` has come. False says nothing: the inbox looks, and marks what it finds.
  has_arisen bool not null,
  primary key (thread, id)
);
-- The inbox reads these and nothing that has ended, so that it stays as fast as on the first day. An
-- obligation is in one of them at a time: an outcome that is owed in a year is not in the way today.
create index obligation_due on exchange.obligation (is_ours, due_ms, thread, id)
  where end_kind is null and has_arisen;
create index obligation_start on exchange.obligation (start_ms)
  where end_kind is null and not has_arisen;

-- An item is free for a claim from `free_at` on: a lease and a back-off both move it.
create table exchange.outbox (
  id text not null primary key,
  peer bytea not null,
  lane int2 not null,
  digest bytea not null,
  thread bytea,
  unit bytea not null,
  created_at_ms int8 not null,
  attempts int4 not null default 0,
  owner text,
  free_at timestamptz not null
);
alter table exchange.outbox alter column unit set storage external;
create index outbox_free on exchange.outbox (lane, free_at, id);

-- Who asked for an act here at home; never leaves the node.
create table exchange.act (
  message bytea not null,
  act text not null,
  officer text not null,
  at_ms int8 not null,
  primary key (message, act)
);

-- Arrivals in whose opening the process died, with how often.
create table exchange.strike (
  digest bytea not null primary key,
  unit bytea not null,
  strikes int4 not null,
  struck_at timestamptz not null
);

grant usage on schema exchange to :"exchange";
grant usage on schema home to :"home";
grant usage on schema bridge to :"bridge";

-- What was said, and by whom, can be added to and never changed.
grant select, insert on
  exchange.message, exchange.arrival, exchange.custody, exchange.refusal, exchange.act
  to :"exchange";
grant select, insert, update on
  exchange.peer, exchange.thread, exchange.link, exchange.obligation, exchange.strike
  to :"exchange";
grant select, insert, update, delete on exchange.outbox to :"exchange";
