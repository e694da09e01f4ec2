-- What a message's opening hashed to when it was written. It is read only to give a message back, by
-- a peer that can then do nothing with a wrong one; so it has a sum of its own, and whoever reads a
-- thread fetches neither.
alter table exchange.message add column opening_sum bytea;
update exchange.message set opening_sum = sha256(opening) where opening is not null;
alter table exchange.message
  add constraint message_opening_sum check ((opening is null) = (opening_sum is null));

-- A link's numbers decide which is given next: one that is too low by a bit would be given twice.
alter table exchange.link add column sum bytea;
update exchange.link set sum = sha256(convert_to(version::text || ' ' || state, 'UTF8'));
alter table exchange.link alter column sum set not null;
