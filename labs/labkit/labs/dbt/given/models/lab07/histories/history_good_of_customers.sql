{{ config(materialized='ephemeral') }}

select * from (
    values
    ('cus_1', date '2026-03-01', date '2026-03-05', false),
    ('cus_1', date '2026-03-05', null, true)
) as versions (customer_id, valid_from, valid_to, is_current)
