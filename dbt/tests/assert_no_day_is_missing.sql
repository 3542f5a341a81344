-- From the first day to the last there is each day once; a row is returned if there is not.
select
    min(date_day) as first_day,
    max(date_day) as last_day,
    count(*) as day_count
from {{ ref('dim_date') }}
having count(*) <> date_diff('day', min(date_day), max(date_day)) + 1
