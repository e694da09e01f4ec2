-- What a gateway holds: ciphertext, receipts and the public keys of its peers. Nothing in here opens
-- anything. Ids are bytes: half the size of text in every index.

create schema gateway;

-- What was received, exactly as received, with the receipt first given for it.
create table gateway.arrival (
  digest bytea not null primary key,
  sender bytea not null,
  lane int2 not null,
  at_ms int8 not null,
  unit bytea not null,
  custody bytea not null,
  -- Set once the exchange has it; the only column that ever changes.
  is_taken bool not null default false
);
-- Ciphertext does not compress, so that trying would be wasted work.
alter table gateway.arrival alter column unit set storage external;
alter table gateway.arrival alter column custody set storage external;
create index arrival_untaken on gateway.arrival (lane, at_ms, digest) where not is_taken;

create table gateway.refused (
  id uuid not null primary key default gen_random_uuid(),
  digest bytea,
  sender bytea,
  code text not null,
  at_ms int8 not null
);

-- The list that the exchange gave last.
create table gateway.peer (
  org bytea not null primary key,
  endpoint text not null,
  gateway_keys bytea[] not null,
  pins text[] not null,
  is_frozen bool not null
);

grant usage on schema gateway to :"gateway";
grant select, insert, update (is_taken) on gateway.arrival to :"gateway";
grant select, insert on gateway.refused to :"gateway";
grant select, insert, update, delete on gateway.peer to :"gateway";
