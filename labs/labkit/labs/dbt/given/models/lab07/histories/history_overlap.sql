{{ config(materialized='ephemeral') }}

select * from (
    values
    ('acct_1', date '2026-03-01', date '2026-03-07', false),
    ('acct_1', date '2026-03-05', null, true)
) as versions (merchant_id, valid_from, valid_to, is_current)
