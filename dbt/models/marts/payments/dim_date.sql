with facts as (

    select
        year(min(occurred_on)) as first_year,
        year(max(occurred_on)) as last_year
    from {{ ref('fct_payments') }}

),

years as (

    select date(format('%04d-01-01', years.number)) as new_year
    from facts
    cross join unnest(sequence(facts.first_year, facts.last_year)) as years (number)

),

days as (

    select date_add('day', days.number, years.new_year) as date_day
    from years
    cross join unnest(sequence(0, 365)) as days (number)
    -- The 366th day is the next year's first in three years of four.
    where year(date_add('day', days.number, years.new_year)) = year(years.new_year)

),

final as (

    select
        date_day,
        year(date_day) * 10000 + month(date_day) * 100 + day(date_day) as date_key,
        year(date_day) as calendar_year,
        quarter(date_day) as calendar_quarter,
        month(date_day) as calendar_month,
        format_datetime(date_day, 'MMMM') as month_name,
        day(date_day) as day_of_month,
        day_of_week(date_day) as day_of_week,
        format_datetime(date_day, 'EEEE') as day_name,
        year_of_week(date_day) as iso_year,
        week(date_day) as iso_week,
        day_of_week(date_day) in (6, 7) as is_weekend
    from days

)

select * from final
