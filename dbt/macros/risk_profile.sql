{# Profile of a rate between 0 and 1. Thresholds are inclusive; no rate, for lack of anything to count, is low_risk. #}
{% macro risk_profile(rate) -%}
    case
        when {{ rate }} >= 0.15e0 then 'high_risk'
        when {{ rate }} >= 0.05e0 then 'medium_risk'
        else 'low_risk'
    end
{%- endmacro %}
