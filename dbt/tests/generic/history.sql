{#
    The versions of a key follow each other without overlap and without gap, and the last one has no end.

    Arguments: `key`, the column that names what has the history. Each row returned is a version out of line.
#}
{% test history(model, key) %}

with versions as (

    select
        {{ key }},
        valid_from,
        valid_to,
        is_current,
        lead(valid_from) over (partition by {{ key }} order by valid_from) as next_valid_from
    from {{ model }}

)

select * from versions
where
    -- The next version begins where this one ends; only the last has neither an end nor a next one.
    valid_to is distinct from next_valid_from
    or valid_to <= valid_from
    or is_current is distinct from (valid_to is null)

{% endtest %}
