-- Which list of peers is held, so that an older one that comes late is not taken: one row, locked by
-- whoever replaces the list.

create table gateway.peer_list (
  id int2 not null primary key,
  -- Nothing until the first list that has one.
  series bytea,
  number int8 not null
);
insert into gateway.peer_list (id, number) values (1, 0);

grant select, update on gateway.peer_list to :"gateway";
