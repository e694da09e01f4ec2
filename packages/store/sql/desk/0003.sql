-- What is held of a lane beyond a gap was a list of numbers and is a list of runs: 7 becomes [7,7].
-- Each round turns the first number left in each list.
do $$
declare
  turned int8 := 1;
begin
  while turned > 0 loop
    update exchange.link
      set state = regexp_replace(state, '("beyond":\[(\[\d+,\d+\],)*)(\d+)', '\1[\3,\3]', 'g')
      where state ~ '"beyond":\[(\[\d+,\d+\],)*\d';
    get diagnostics turned = row_count;
  end loop;
end
$$;
