-- What travels by file: laid out for a courier, and kept until it is answered.

alter table gateway.peer add column carrier text not null default 'https';

create table gateway.carried (
  peer bytea not null,
  digest bytea not null,
  -- unit: ours, to the peer; custody, refusal: what we answered to a unit of the peer.
  kind text not null,
  lane int2 not null,
  at_ms int8 not null,
  content bytea not null,
  -- What the peer's gateway signed about our unit; the unit is then not laid out any more.
  answer_kind text,
  answer bytea,
  primary key (peer, digest, kind)
);
alter table gateway.carried alter column content set storage external;
create index carried_out on gateway.carried (lane, at_ms, digest, peer, kind) where answer is null;
create index carried_answered on gateway.carried (at_ms, digest, peer) where answer is not null;

grant select, insert, update, delete on gateway.carried to :"gateway";
