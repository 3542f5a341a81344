{#
    0 (worst) to 100 (nothing ever went wrong), from three rates between 0 and 1; null where a rate is null.

    A dispute weighs twenty times a refund or a failure: card networks act on merchants at dispute rates near 1 %, where
    refunds and failures of 10 % are ordinary.
#}
{% macro merchant_health_score(dispute_rate, refund_rate, failure_rate) -%}
    greatest(0e0, 100e0 - 2000e0 * ({{ dispute_rate }}) - 100e0 * ({{ refund_rate }}) - 100e0 * ({{ failure_rate }}))
{%- endmacro %}
