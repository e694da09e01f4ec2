schema gateway, used by tl_gateway
schema store, used by nobody

table gateway.arrival
  digest bytea not null
  sender bytea not null
  lane smallint not null
  at_ms bigint not null
  unit bytea not null
  custody bytea not null
  is_taken boolean not null default false
  CREATE INDEX arrival_untaken ON gateway.arrival USING btree (lane, at_ms, digest) WHERE (NOT is_taken)
  CREATE UNIQUE INDEX arrival_pkey ON gateway.arrival USING btree (digest)
  grant tl_gateway: insert, select
  grant tl_gateway: update (is_taken)

table gateway.carried
  peer bytea not null
  digest bytea not null
  kind text not null
  lane smallint not null
  at_ms bigint not null
  content bytea not null
  answer_kind text
  answer bytea
  CREATE INDEX carried_answered ON gateway.carried USING btree (at_ms, digest, peer) WHERE (answer IS NOT NULL)
  CREATE INDEX carried_out ON gateway.carried USING btree (lane, at_ms, digest, peer, kind) WHERE (answer IS NULL)
  CREATE UNIQUE INDEX carried_pkey ON gateway.carried USING btree (peer, digest, kind)
  grant tl_gateway: delete, insert, select, update

table gateway.peer
  org bytea not null
  endpoint text not null
  gateway_keys bytea[] not null
  pins text[] not null
  is_frozen boolean not null
  carrier text not null default 'https'::text
  CREATE UNIQUE INDEX peer_pkey ON gateway.peer USING btree (org)
  grant tl_gateway: delete, insert, select, update

table gateway.peer_list
  id smallint not null
  series bytea
  number bigint not null
  CREATE UNIQUE INDEX peer_list_pkey ON gateway.peer_list USING btree (id)
  grant tl_gateway: select, update

table gateway.refused
  id uuid not null default gen_random_uuid()
  digest bytea
  sender bytea
  code text not null
  at_ms bigint not null
  CREATE UNIQUE INDEX refused_pkey ON gateway.refused USING btree (id)
  grant tl_gateway: insert, select

table store.migration
  name text not null
  sha256 text not null
  applied_at timestamp with time zone not null default now()
  CREATE UNIQUE INDEX migration_pkey ON store.migration USING btree (name)

table store.migration_lock
  id smallint not null
  CREATE UNIQUE INDEX migration_lock_pkey ON store.migration_lock USING btree (id)

schema bridge, used by tl_bridge
schema exchange, used by tl_exchange
schema home, used by tl_home
schema store, used by nobody

table exchange.act
  message bytea not null
  act text not null
  officer text not null
  at_ms bigint not null
  CREATE UNIQUE INDEX act_pkey ON exchange.act USING btree (message, act)
  grant tl_exchange: insert, select

table exchange.arrival
  digest bytea not null
  sender bytea not null
  code text
  at_ms bigint not null
  unit bytea not null
  CREATE UNIQUE INDEX arrival_pkey ON exchange.arrival USING btree (digest)
  grant tl_exchange: insert, select

table exchange.custody
  digest bytea not null
  by bytea not null
  thread bytea
  at_ms bigint not null
  receipt bytea not null
  is_returned boolean not null default false
  CREATE INDEX custody_thread ON exchange.custody USING btree (thread) WHERE (thread IS NOT NULL)
  CREATE UNIQUE INDEX custody_pkey ON exchange.custody USING btree (digest, by, is_returned)
  grant tl_exchange: insert, select

table exchange.link
  peer bytea not null
  version bigint not null
  state text not null
  sum bytea not null
  CREATE UNIQUE INDEX link_pkey ON exchange.link USING btree (peer)
  grant tl_exchange: insert, select, update

table exchange.message
  peer bytea not null
  id bytea not null
  thread bytea
  digest bytea not null
  direction text not null
  kind text not null
  author bytea not null
  epoch bigint not null
  number bigint not null
  at_ms bigint not null
  learned_at_ms bigint not null
  signed bytea not null
  part bytea not null
  opening bytea
  lane smallint
  slot_number bigint
  sum bytea not null
  opening_sum bytea
  CREATE INDEX message_digest ON exchange.message USING btree (digest, peer)
  CREATE INDEX message_place ON exchange.message USING btree (peer, direction, lane, epoch, slot_number) WHERE (slot_number IS NOT NULL)
  CREATE INDEX message_thread ON exchange.message USING btree (thread) WHERE (thread IS NOT NULL)
  CREATE UNIQUE INDEX message_pkey ON exchange.message USING btree (peer, id)
  grant tl_exchange: insert, select

table exchange.obligation
  thread bytea not null
  id text not null
  rule text not null
  owed_by bytea not null
  is_ours boolean not null
  bearer text not null
  about bytea not null
  start_ms bigint not null
  due_ms bigint not null
  end_kind text
  end_by bytea
  end_at_ms bigint
  has_arisen boolean not null
  CREATE INDEX obligation_due ON exchange.obligation USING btree (is_ours, due_ms, thread, id) WHERE ((end_kind IS NULL) AND has_arisen)
  CREATE INDEX obligation_start ON exchange.obligation USING btree (start_ms) WHERE ((end_kind IS NULL) AND (NOT has_arisen))
  CREATE UNIQUE INDEX obligation_pkey ON exchange.obligation USING btree (thread, id)
  grant tl_exchange: insert, select, update

table exchange.outbox
  id text not null
  peer bytea not null
  lane smallint not null
  digest bytea not null
  thread bytea
  unit bytea not null
  created_at_ms bigint not null
  attempts integer not null default 0
  owner text
  free_at timestamp with time zone not null
  CREATE INDEX outbox_free ON exchange.outbox USING btree (lane, free_at, id)
  CREATE UNIQUE INDEX outbox_pkey ON exchange.outbox USING btree (id)
  grant tl_exchange: delete, insert, select, update

table exchange.peer
  org bytea not null
  name text not null
  identity bytea not null
  operations bytea not null
  compared_officer text not null
  compared_method text not null
  compared_at_ms bigint not null
  is_frozen boolean not null
  is_suspended boolean not null
  CREATE UNIQUE INDEX peer_pkey ON exchange.peer USING btree (org)
  grant tl_exchange: insert, select, update

table exchange.refusal
  digest bytea not null
  by bytea not null
  thread bytea
  code text not null
  at_ms bigint not null
  CREATE INDEX refusal_thread ON exchange.refusal USING btree (thread) WHERE (thread IS NOT NULL)
  CREATE UNIQUE INDEX refusal_pkey ON exchange.refusal USING btree (digest, by)
  grant tl_exchange: insert, select

table exchange.strike
  digest bytea not null
  unit bytea not null
  strikes integer not null
  struck_at timestamp with time zone not null
  CREATE UNIQUE INDEX strike_pkey ON exchange.strike USING btree (digest)
  grant tl_exchange: insert, select, update

table exchange.thread
  id bytea not null
  peer bytea not null
  originator bytea not null
  addressee bytea not null
  status text not null
  version bigint not null
  view_hash bytea not null
  is_closed boolean not null
  opened_at timestamp with time zone not null default now()
  CREATE INDEX thread_opened ON exchange.thread USING btree (opened_at, id)
  CREATE UNIQUE INDEX thread_pkey ON exchange.thread USING btree (id)
  grant tl_exchange: insert, select, update

table store.migration
  name text not null
  sha256 text not null
  applied_at timestamp with time zone not null default now()
  CREATE UNIQUE INDEX migration_pkey ON store.migration USING btree (name)

table store.migration_lock
  id smallint not null
  CREATE UNIQUE INDEX migration_lock_pkey ON store.migration_lock USING btree (id)
