{# A merchant's health score as a word; without a score, or with fewer than ten attempts behind it, `unrated`. #}
{% macro health_band(score, attempts) -%}
    case
        when {{ attempts }} < 10 or {{ score }} is null then 'unrated'
        when {{ score }} >= 70e0 then 'healthy'
        when {{ score }} >= 40e0 then 'watch'
        else 'at_risk'
    end
{%- endmacro %}
