{# Tier of a lifetime total in US cents. Thresholds are inclusive; a total below them all, or none, is bronze. #}
{% macro customer_tier(usd_cents) -%}
    case
        when {{ usd_cents }} >= 100000 then 'platinum'
        when {{ usd_cents }} >= 50000 then 'gold'
        when {{ usd_cents }} >= 10000 then 'silver'
        else 'bronze'
    end
{%- endmacro %}
