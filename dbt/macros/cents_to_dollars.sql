{# US cents as exact dollars: a decimal with two places, never a float. #}
{% macro cents_to_dollars(cents) -%}
    cast({{ cents }} as decimal(36, 0)) * decimal '0.01'
{%- endmacro %}
