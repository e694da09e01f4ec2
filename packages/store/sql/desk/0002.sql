-- After a restore peers give back what was lost: each message with what shows that its signature
-- covers its part, and with its place in the lane. What was written before has none, and stays.
alter table exchange.message
  add column opening bytea,
  add column lane int2,
  add column slot_number int8;
alter table exchange.message alter column opening set storage external;
create index message_place on exchange.message (peer, direction, lane, epoch, slot_number)
  where slot_number is not null;

-- Of two receipts for one envelope the one counts that its sender was given, as it returned it.
alter table exchange.custody add column is_returned bool not null default false;
alter table exchange.custody drop constraint custody_pkey;
alter table exchange.custody add primary key (digest, by, is_returned);
