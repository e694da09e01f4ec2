-- What a message's bytes hashed to when they were written. Its id covers the payload that was signed
-- and not the signature, nor the part: a bit that turned over in either would go unnoticed.
alter table exchange.message add column sum bytea;
update exchange.message set sum = sha256(signed || part);
alter table exchange.message alter column sum set not null;
