-- Keys are those of the public dbt_utils, so that either package will do: the md5 beside each is theirs.
with fields as (
    select distinct
        'cus_1' as some_text,
        cast(null as varchar) as no_text,
        42 as some_number,
        date '2026-11-23' as some_day,
        true as some_truth
    from {{ ref('currencies') }}
),

keys as (
    select
        {{ dbt_utils.generate_surrogate_key(['some_text']) }} as surrogate_key,
        '1fa3105a2d6af30cc2793d2d4f6f8cb6' as expected
    from fields
    union all
    select
        {{ dbt_utils.generate_surrogate_key(['no_text']) }} as surrogate_key,
        'f14cc5cdce0420f4a5a6b6d9d7b85f39' as expected
    from fields
    union all
    select
        {{ dbt_utils.generate_surrogate_key(['some_text', 'no_text', 'some_number']) }} as surrogate_key,
        'ae14174c432506d949b18c0ee656bf8f' as expected
    from fields
    union all
    select
        {{ dbt_utils.generate_surrogate_key(['some_day', 'some_truth']) }} as surrogate_key,
        'e5b0477c346f636793480fb4be4ec962' as expected
    from fields
)

select
    surrogate_key,
    expected
from keys
where surrogate_key <> expected
